"""What all ways to authenticate have in common."""

from __future__ import annotations

import logging
from typing import Any

import anyio
import pytest
from anyio import fail_after

from anyws import (
    App,
    HTTPForbidden,
    HTTPUnauthorized,
    Request,
    Response,
    WebSocket,
    WebSocketDisconnected,
    before,
)
from anyws.auth import FirstMessage, TicketAuth
from anyws.testing import ASGIConductor
from tests.auth.ways import (
    BEARER,
    FIRST_MESSAGE,
    SECRET,
    TICKET,
    USER,
    Way,
    Welcome,
    app_behind,
    each_way,
    verify,
)
from tests.websocket.scripted import Route

WITHOUT_ROUTE = 3404


@each_way
async def test_who_shows_a_valid_secret_is_the_user_of_the_context(way: Way) -> None:
    app = app_behind(way.guard(verify))
    async with ASGIConductor(app) as conductor, way.opened(conductor) as ws:
        assert await ws.receive_text() == USER


@each_way
@pytest.mark.parametrize("secret", ["wrong", SECRET[:-1], SECRET + "A", SECRET.lower()])
async def test_who_shows_anything_else_is_refused_with_3401(way: Way, secret: str) -> None:
    async with ASGIConductor(app_behind(way.guard(verify))) as conductor:
        refused = await way.refusal(conductor, secret)
    assert refused.code == 3401


@each_way
async def test_a_refusal_before_the_accept_is_a_real_401_where_denial_responses_are_on(
    way: Way,
) -> None:
    app = app_behind(way.guard(verify))
    app.ws_options.denial_responses = True
    async with ASGIConductor(app) as conductor:
        refused = await way.refusal(
            conductor, extensions={"websocket.http.response": {}}, spec_version="2.4"
        )
    assert refused.code == 3401
    if refused.response is None:
        assert str(way) == "first message"
    else:
        assert refused.response.status_code == 401
        challenge = refused.response.headers["www-authenticate"]
        assert challenge == str(way).capitalize()


@each_way
async def test_a_verifier_may_answer_yes_or_no(way: Way) -> None:
    async def knows(secret: str) -> bool:
        return secret == SECRET

    async def respond(req: Request, ws: WebSocket) -> None:
        if ws.unaccepted:
            await ws.accept()
        await ws.send_json(ws.context.user)

    app = App(middleware=way.guard(knows))  # type: ignore[arg-type]  # its users are str elsewhere
    app.add_route("/", Route(respond))
    async with ASGIConductor(app) as conductor:
        async with way.opened(conductor) as ws:
            assert await ws.receive_json() is True
        assert (await way.refusal(conductor)).code == 3401


@each_way
@pytest.mark.parametrize("user", [0, "", [], {}], ids=repr)
async def test_a_user_may_be_falsy(way: Way, user: Any) -> None:
    async def find(secret: str) -> Any:
        return user

    async def respond(req: Request, ws: WebSocket) -> None:
        if ws.unaccepted:
            await ws.accept()
        await ws.send_json(ws.context.user)

    app = App(middleware=way.guard(find))
    app.add_route("/", Route(respond))
    async with ASGIConductor(app) as conductor, way.opened(conductor) as ws:
        assert await ws.receive_json() == user


@each_way
async def test_as_a_component_it_stands_before_sinks_and_missing_routes(way: Way) -> None:
    reached: list[str] = []

    async def sink(req: Request, resp: Response | None, ws: WebSocket | None = None) -> None:
        reached.append(req.path)

    app = App(middleware=way.guard(verify))
    async with ASGIConductor(app) as conductor:
        assert (await way.refusal(conductor)).code == 3401
        assert (await way.refusal(conductor, SECRET)).code == WITHOUT_ROUTE
        app.add_sink(sink, "/")
        assert (await way.refusal(conductor)).code == 3401
    assert reached == []


@each_way
async def test_as_a_hook_it_stands_before_one_responder(way: Way) -> None:
    guard = way.guard(verify)

    class Room:
        @before(guard)
        async def on_websocket(self, req: Request, ws: WebSocket) -> None:
            await Welcome().on_websocket(req, ws)

        async def on_websocket_lobby(self, req: Request, ws: WebSocket) -> None:
            await ws.accept()
            await ws.send_text("anybody")

    app = App()
    app.add_route("/", Room())
    app.add_route("/lobby", Room(), suffix="lobby")
    async with ASGIConductor(app) as conductor:
        async with way.opened(conductor) as ws:
            assert await ws.receive_text() == USER
        assert (await way.refusal(conductor)).code == 3401
        async with conductor.simulate_ws("/lobby") as ws:
            assert await ws.receive_text() == "anybody"


async def test_a_hook_around_a_class_lets_no_http_request_through() -> None:
    answered: list[str] = []

    @before(FirstMessage(verify))
    class Room:
        async def on_get(self, req: Request, resp: Response) -> None:
            answered.append(req.path)

        async def on_websocket(self, req: Request, ws: WebSocket) -> None:
            await Welcome().on_websocket(req, ws)

    raised: list[Exception] = []

    async def keep(req: Request, resp: Response | None, ex: Exception, params: object) -> None:
        raised.append(ex)
        assert resp is not None
        resp.status = 500

    app = App()
    app.add_route("/", Room())
    app.add_error_handler(TypeError, keep)
    async with ASGIConductor(app) as conductor:
        assert (await conductor.simulate_get("/")).status_code == 500
    assert answered == []
    assert "put the hook on on_websocket of Room" in str(raised[0])


@each_way
async def test_within_a_responder_it_gives_the_user(way: Way) -> None:
    guard = way.guard(verify)

    async def respond(req: Request, ws: WebSocket) -> None:
        user = await guard.authenticate(req, ws)
        assert user == ws.context.user == req.context.user
        await Welcome().on_websocket(req, ws)

    app = App()
    app.add_route("/", Route(respond))
    async with ASGIConductor(app) as conductor:
        async with way.opened(conductor) as ws:
            assert await ws.receive_text() == USER
        assert (await way.refusal(conductor)).code == 3401


@each_way
async def test_a_responder_may_take_a_refusal_for_a_guest(way: Way) -> None:
    guard = way.guard(verify)

    async def respond(req: Request, ws: WebSocket) -> None:
        try:
            user = await guard.authenticate(req, ws)
        except HTTPUnauthorized:
            user = "guest"
        if ws.unaccepted:
            await ws.accept()
        await ws.send_text(user)

    app = App()
    app.add_route("/", Route(respond))
    async with ASGIConductor(app) as conductor, way.opened(conductor, "wrong") as ws:
        assert await ws.receive_text() == "guest"


@each_way
async def test_what_the_verifier_raises_goes_to_the_error_handlers_as_it_is(way: Way) -> None:
    async def forbid(secret: str) -> str | None:
        raise HTTPForbidden

    reached: list[str] = []

    async def respond(req: Request, ws: WebSocket) -> None:
        reached.append(ws.context.user)

    app = App(middleware=way.guard(forbid))
    app.add_route("/", Route(respond))
    async with ASGIConductor(app) as conductor:
        assert (await way.refusal(conductor, SECRET)).code == 3403
    assert reached == []


@each_way
async def test_a_handler_that_swallows_the_refusal_lets_nobody_in(way: Way) -> None:
    reached: list[str] = []

    async def respond(req: Request, ws: WebSocket) -> None:
        reached.append(req.path)

    async def swallow(
        req: Request, resp: Response | None, ex: Exception, params: object, ws: WebSocket
    ) -> None:
        pass

    app = App(middleware=way.guard(verify))
    app.add_route("/", Route(respond))
    app.add_error_handler(HTTPUnauthorized, swallow)
    async with ASGIConductor(app) as conductor:
        assert (await way.refusal(conductor)).code == (1011 if way.accepts_before else 3403)
    assert reached == []


@each_way
async def test_a_cancelled_verification_admits_nobody(way: Way) -> None:
    asked = anyio.Event()
    contexts: list[Any] = []

    async def think(secret: str) -> str | None:
        asked.set()
        await anyio.sleep_forever()
        raise AssertionError("unreachable")

    class Watch:
        async def process_disconnect_ws(
            self, req: Request, ws: WebSocket, resource: object, error: Exception | None
        ) -> None:
            contexts.append(vars(ws.context))

    app = App(middleware=[Watch(), way.guard(think)])
    app.add_route("/", Welcome())
    async with ASGIConductor(app) as conductor:
        with fail_after(5):
            async with anyio.create_task_group() as group:

                async def connect() -> None:
                    with pytest.raises(WebSocketDisconnected):
                        async with way.opened(conductor) as ws:
                            await ws.receive_text()

                group.start_soon(connect)
                await asked.wait()
                conductor.stop_server()
    assert contexts == [{}]


@pytest.mark.anyws_clock("virtual")
@pytest.mark.parametrize("way", [BEARER, TICKET], ids=str)
async def test_a_verification_before_the_accept_is_ended_by_the_handshake_timeout(
    way: Way,
) -> None:
    async def think(secret: str) -> str | None:
        await anyio.sleep_forever()
        raise AssertionError("unreachable")

    app = app_behind(way.guard(think))
    app.ws_options.handshake_timeout = 4
    async with ASGIConductor(app) as conductor:
        assert (await way.refusal(conductor)).code == 3403


@each_way
def test_a_verifier_that_is_no_coroutine_function_is_refused_at_once(way: Way) -> None:
    def know(secret: str) -> str:
        return USER

    with pytest.raises(TypeError, match=f"{way.guard.__name__}.*async def.*know"):
        way.guard(know)  # type: ignore[arg-type]  # that is what is tested


@each_way
async def test_a_refusal_is_one_line_in_the_log(
    way: Way, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "anyws")
    async with ASGIConductor(app_behind(way.guard(verify))) as conductor:
        await way.refusal(conductor)
    [line] = [record.message for record in caplog.records if "401" in record.message]
    assert line == "WebSocket /: 401 Unauthorized: What was shown is not valid, or not any more."


async def test_two_guards_may_stand_in_a_row() -> None:
    app = app_behind(TicketAuth(verify), FirstMessage(verify))
    async with (
        ASGIConductor(app) as conductor,
        conductor.simulate_ws("/", params={"ticket": SECRET}) as ws,
    ):
        await ws.send_text(SECRET)
        assert await ws.receive_text() == USER


async def test_a_guard_may_be_told_to_spare_a_path() -> None:
    class Door(FirstMessage[str]):
        async def process_request_ws(self, req: Request, ws: WebSocket) -> None:
            if req.path != "/status":
                await super().process_request_ws(req, ws)

    async def respond(req: Request, ws: WebSocket) -> None:
        await ws.accept()
        await ws.send_text("fine")

    app = app_behind(Door(verify))
    app.add_route("/status", Route(respond))
    async with ASGIConductor(app) as conductor:
        async with conductor.simulate_ws("/status") as ws:
            assert await ws.receive_text() == "fine"
        assert (await FIRST_MESSAGE.refusal(conductor)).code == 3401
