"""A secret is in no log record and in no exception, whatever becomes of the client that shows it."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress

import anyio
import pytest

from anyws import App, HTTPForbidden, Request, WebSocket, WebSocketDisconnected
from anyws.auth import BearerSubprotocol, FirstMessage, TicketAuth, Tickets
from anyws.testing import ASGIConductor, wait_all_tasks_blocked
from tests.auth.ways import FIRST_MESSAGE, SECRET, USER, Way, Welcome, each_way, verify
from tests.websocket.scripted import Route

Verifier = Callable[[str], Awaitable[str | None]]


async def accept_nobody(secret: str) -> str | None:
    return None


async def forbid(secret: str) -> str | None:
    raise HTTPForbidden


async def fail(secret: str) -> str | None:
    raise RuntimeError("the database is down")


async def hang(secret: str) -> str | None:
    await anyio.sleep_forever()
    raise AssertionError("unreachable")


class Told:
    """All that is logged and raised meanwhile."""

    def __init__(self, caplog: pytest.LogCaptureFixture) -> None:
        self._caplog = caplog
        self.errors: list[BaseException] = []

    async def process_disconnect_ws(
        self, req: Request, ws: WebSocket, resource: object, error: Exception | None
    ) -> None:
        if error is not None:
            self.errors.append(error)

    def texts(self) -> Iterator[str]:
        for record in self._caplog.records:
            yield record.getMessage()
            yield repr(record.args)
            if record.exc_info is not None and record.exc_info[1] is not None:
                self.errors.append(record.exc_info[1])
        yield self._caplog.text
        for error in self.errors:
            yield from _texts_of(error)

    def has(self, secret: str) -> bool:
        return any(secret in text for text in self.texts())


def _texts_of(error: BaseException | None) -> Iterator[str]:
    while error is not None:
        yield from (str(error), repr(error), repr(vars(error)))
        error = error.__cause__ or error.__context__


@pytest.fixture
def told(caplog: pytest.LogCaptureFixture) -> Iterator[Told]:
    """What is told from now on; every logger tells all that it has."""
    caplog.set_level(logging.DEBUG)
    with every_logger_at_debug():
        yield Told(caplog)


@contextmanager
def every_logger_at_debug() -> Iterator[None]:
    loggers = {name: logging.getLogger(name) for name in logging.root.manager.loggerDict}
    levels = {name: logger.level for name, logger in loggers.items()}
    for logger in loggers.values():
        logger.setLevel(logging.DEBUG)
    try:
        yield
    finally:
        for name, logger in loggers.items():
            logger.setLevel(levels[name])


def app_behind(told: Told, guard: object) -> App:
    app = App(middleware=[told, guard])
    app.add_route("/", Welcome())
    return app


@each_way
@pytest.mark.parametrize(
    "verifier", [verify, accept_nobody, forbid, fail], ids=lambda verifier: verifier.__name__
)
@pytest.mark.parametrize("denial_responses", [False, True])
async def test_the_secret_of_who_is_let_in_or_refused_is_not_told(
    way: Way, verifier: Verifier, denial_responses: bool, told: Told
) -> None:
    app = app_behind(told, way.guard(verifier))
    app.ws_options.denial_responses = denial_responses
    extensions: dict[str, dict[str, object]] = {"websocket.http.response": {}}
    async with ASGIConductor(app) as conductor:
        if verifier is verify:
            async with way.opened(conductor) as ws:
                assert await ws.receive_text() == USER
        else:
            refused = await way.refusal(conductor, SECRET, extensions=extensions)
            told.errors.append(refused)
            if refused.response is not None:
                assert SECRET not in refused.response.text
                assert SECRET not in repr(dict(refused.response.headers))
    assert not told.has(SECRET)
    assert verifier is verify or len(told.errors) > 1


@each_way
async def test_the_secret_of_who_leaves_during_the_verification_is_not_told(
    way: Way, told: Told
) -> None:
    app = app_behind(told, way.guard(hang))
    app.ws_options.cancel_on_disconnect = True
    async with ASGIConductor(app) as conductor, anyio.create_task_group() as group:
        client = conductor.simulate_ws("/", **way.handshake(SECRET))
        dropped = anyio.Event()

        async def connect() -> None:
            with suppress(WebSocketDisconnected):
                async with client as ws:
                    await ws.send_text(SECRET)
                    await dropped.wait()

        group.start_soon(connect)
        await wait_all_tasks_blocked()
        client.drop()
        dropped.set()
    assert told.errors
    assert not told.has(SECRET)


@each_way
async def test_the_secret_is_not_told_where_the_responder_or_the_route_is_wrong(
    way: Way, told: Told
) -> None:
    async def respond(req: Request, ws: WebSocket) -> None:
        raise RuntimeError("a mistake")

    app = App(middleware=[told, way.guard(verify)])
    async with ASGIConductor(app) as conductor:
        told.errors.append(await way.refusal(conductor, SECRET))
        app.add_route("/", Route(respond))
        told.errors.append(await way.refusal(conductor, SECRET))
    assert not told.has(SECRET)


@pytest.mark.parametrize(
    "offered",
    [[SECRET], [SECRET, "bearer"], ["bearer", "bearer", SECRET], ["bearer", SECRET + "/="]],
    ids=["alone", "in front", "twice", "as base64"],
)
async def test_a_token_that_is_offered_badly_is_not_told(offered: list[str], told: Told) -> None:
    app = app_behind(told, BearerSubprotocol(verify))
    async with ASGIConductor(app) as conductor:
        with pytest.raises(WebSocketDisconnected) as refused:
            async with conductor.simulate_ws("/", subprotocols=offered):
                pass
    told.errors.append(refused.value)
    assert not told.has(SECRET)


@pytest.mark.parametrize("place", ["component", "responder"])
async def test_a_token_is_not_told_where_the_socket_was_accepted_before(
    place: str, told: Told
) -> None:
    guard = BearerSubprotocol(verify)

    class Early:
        async def process_request_ws(self, req: Request, ws: WebSocket) -> None:
            await ws.accept("bearer")

    async def respond(req: Request, ws: WebSocket) -> None:
        await ws.accept("bearer")
        await guard.authenticate(req, ws)

    app = App(middleware=[told, Early(), guard] if place == "component" else told)
    app.add_route("/", Route(respond))
    async with (
        ASGIConductor(app) as conductor,
        conductor.simulate_ws("/", subprotocols=["bearer", SECRET]) as ws,
    ):
        with pytest.raises(WebSocketDisconnected) as ended:
            await ws.receive_text()
    assert ended.value.code == 1011
    assert "has been accepted already" in "".join(told.texts())
    assert not told.has(SECRET)


async def test_a_token_is_not_told_where_a_responder_selects_what_was_not_offered(
    told: Told,
) -> None:
    async def respond(req: Request, ws: WebSocket) -> None:
        await ws.accept("chat")

    app = App(middleware=told)
    app.add_route("/", Route(respond))
    async with ASGIConductor(app) as conductor:
        with pytest.raises(WebSocketDisconnected) as refused:
            async with conductor.simulate_ws("/", subprotocols=["bearer", SECRET]):
                pass
    assert refused.value.code == 1011
    assert "see ws.subprotocols" in "".join(told.texts())
    assert not told.has(SECRET)


@pytest.mark.parametrize("query", [f"ticket={SECRET}&ticket={SECRET}", f"Ticket={SECRET}"])
async def test_a_ticket_that_is_shown_badly_is_not_told(query: str, told: Told) -> None:
    app = app_behind(told, TicketAuth(verify))
    async with ASGIConductor(app) as conductor:
        with pytest.raises(WebSocketDisconnected) as refused:
            async with conductor.simulate_ws("/", query_string=query):
                pass
    told.errors.append(refused.value)
    assert not told.has(SECRET)


async def test_a_binary_first_message_and_one_that_is_too_large_are_not_told(told: Told) -> None:
    app = app_behind(told, FirstMessage(verify))
    app.ws_options.max_message_size = len(SECRET)
    async with ASGIConductor(app) as conductor:
        async with conductor.simulate_ws("/") as ws:
            await ws.send_data(SECRET.encode())
            with pytest.raises(WebSocketDisconnected) as refused:
                await ws.receive_text()
            told.errors.append(refused.value)
        told.errors.append(await FIRST_MESSAGE.refusal(conductor, SECRET + "!"))
    assert [getattr(error, "code", None) for error in told.errors].count(1009) >= 1
    assert not told.has(SECRET)


async def test_a_ticket_is_not_told_by_who_issues_it(told: Told) -> None:
    tickets = Tickets[str](max_outstanding=1)
    ticket = tickets.issue(USER)
    with pytest.raises(Exception, match="503") as full:
        tickets.issue(USER)
    told.errors.append(full.value)
    assert not told.has(ticket)
    for shown in (repr(tickets), str(tickets), repr(vars(tickets))):
        assert ticket not in shown


@each_way
async def test_no_component_keeps_or_shows_what_it_was_shown(way: Way) -> None:
    guard = way.guard(accept_nobody)
    app = App(middleware=guard)
    async with ASGIConductor(app) as conductor:
        await way.refusal(conductor, SECRET)
    for shown in (repr(guard), str(guard), repr(vars(guard))):
        assert SECRET not in shown
