"""Limits of time, on the virtual clock: when each strikes, with which code, and what it leaves be."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager

import anyio
import pytest
from anyio import current_time, sleep, sleep_forever

from anyws import App, Request, WebSocket, WebSocketDisconnected
from anyws.testing import ASGIConductor, wait_all_tasks_blocked
from tests.websocket.held import HeldSocket
from tests.websocket.scripted import Event, Route, ScriptedServer, app_with

pytestmark = pytest.mark.anyws_clock("virtual")

CROWD = 50


@asynccontextmanager
async def struck_within(seconds: float) -> AsyncIterator[None]:
    """Check that what happens inside takes t to t + 1 seconds, or t to 1.25 t below 4 s."""
    began = current_time()
    yield
    took = current_time() - began
    latest = seconds + 1 if seconds >= 4 else 1.25 * seconds
    assert seconds <= took < latest, took


@asynccontextmanager
async def crowd(app: App) -> AsyncIterator[None]:
    """Have fifty other sockets of the application go on, and check that they did."""

    async def echo(req: Request, ws: WebSocket) -> None:
        await ws.accept()
        async for message in ws:
            await ws.send_text(str(message))

    app.add_route("/crowd", Route(echo))
    async with AsyncExitStack() as stack:
        servers = [
            await stack.enter_async_context(ScriptedServer(app, path="/crowd"))
            for _ in range(CROWD)
        ]
        yield
        for server in servers:
            assert server.kinds() == ["accept"]
            server.push_text("still here")
        await wait_all_tasks_blocked()
        for server in servers:
            assert server.texts() == ["still here"]
            server.push_disconnect()


@pytest.mark.parametrize("seconds", [0.5, 2, 4, 60])
async def test_a_client_that_sends_nothing_is_closed_with_1001(seconds: float) -> None:
    app = App()
    # The crowd begins with the application's options, which have no such limit yet.
    async with crowd(app), HeldSocket(app, options={"idle_timeout": seconds}) as server:
        async with struck_within(seconds):
            assert await server.ws.wait_disconnected() == 1001
        assert server.close_event["code"] == 1001


async def test_a_message_gives_a_client_its_time_again() -> None:
    async with HeldSocket(options={"idle_timeout": 10}) as server:
        for _ in range(5):
            await sleep(9)
            server.push_text("here")
            assert await server.ws.receive_text() == "here"
        async with struck_within(10):
            assert await server.ws.wait_disconnected() == 1001


async def test_a_client_is_not_idle_while_a_full_queue_holds_it_back() -> None:
    async with HeldSocket(options={"idle_timeout": 10, "max_receive_queue": 1}) as server:
        for number in range(4):
            server.push_text(str(number))
        await sleep(100)
        assert not server.ws.closed
        for number in range(4):
            assert await server.ws.receive_text() == str(number)
        async with struck_within(10):
            assert await server.ws.wait_disconnected() == 1001


async def test_a_handshake_without_an_answer_is_refused_with_1013_and_its_responder_cancelled(
    caplog: pytest.LogCaptureFixture,
) -> None:
    cancelled = anyio.Event()

    async def respond(req: Request, ws: WebSocket) -> None:
        try:
            await sleep_forever()
        finally:
            cancelled.set()

    app = app_with(respond)
    async with crowd(app):
        app.ws_options.handshake_timeout = 5
        async with ScriptedServer(app) as server, struck_within(5):
            await cancelled.wait()
        assert [event["code"] for event in server.sent] == [1013]
    [line] = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert "handshake_timeout" in line.getMessage()


@pytest.mark.parametrize("answer", ["accept", "close"])
async def test_an_answered_handshake_is_not_timed(answer: str) -> None:
    async with HeldSocket(accept=False, options={"handshake_timeout": 5}) as server:
        await getattr(server.ws, answer)()
        await sleep(20)
        assert server.ws.close_code == {"accept": None, "close": 1000}[answer]


class Hook:
    """Middleware that remembers what it is told of the end."""

    def __init__(self) -> None:
        self.errors: list[Exception | None] = []
        self.told = anyio.Event()

    async def process_disconnect_ws(
        self, req: Request, ws: WebSocket, resource: object, error: Exception | None
    ) -> None:
        if req.path == "/":
            self.errors.append(error)
            self.told.set()


@pytest.mark.parametrize("sends_before", [0, 3])
async def test_better_a_stuck_send_ends_the_connection_as_lost(sends_before: int) -> None:
    handled: list[Exception] = []

    async def handle(req: Request, resp: object, ex: Exception, params: object) -> None:
        if req.path == "/":
            handled.append(ex)

    async def respond(req: Request, ws: WebSocket) -> None:
        await ws.accept()
        for number in range(sends_before):
            await ws.send_text(str(number))
        while True:
            await ws.send_text("much")

    hook = Hook()
    app = app_with(respond)
    app.add_middleware(hook)
    app.add_error_handler(WebSocketDisconnected, handle)
    async with crowd(app):
        app.ws_options.send_timeout = 30
        server = ScriptedServer(app)
        server.on_send = stalling(after=sends_before)
        async with server, struck_within(30):
            await hook.told.wait()
    for [error] in (handled, hook.errors):
        assert isinstance(error, WebSocketDisconnected)
        assert error.code == 1006


def stalling(*, after: int) -> Callable[[Event], Awaitable[None]]:
    """Make an `on_send` for a client that stops to read after so many messages."""
    left = after

    async def on_send(event: Event) -> None:
        nonlocal left
        if event["type"] == "websocket.send":
            left -= 1
            if left < 0:
                await sleep_forever()

    return on_send


async def test_better_a_task_of_another_connection_in_a_stuck_send_is_let_go(
    backend_name: str,
) -> None:
    # On Trio a server whose first message did not wait is not expected to let a later one wait.
    sends_before = 0 if backend_name == "trio" else 3
    async with HeldSocket(options={"send_timeout": 30}) as server:
        server.on_send = stalling(after=sends_before)
        for number in range(sends_before):
            await server.ws.send_text(str(number))
        async with struck_within(30):
            with pytest.raises(WebSocketDisconnected) as caught:
                await server.ws.send_text("stuck")
        assert caught.value.code == 1006


async def test_better_all_see_the_loss_at_once_where_the_write_can_not_be_cancelled() -> None:
    let_go = anyio.Event()

    async def write(event: Event) -> None:
        with anyio.CancelScope(shield=True):
            await let_go.wait()

    async def send(ws: WebSocket) -> None:
        with pytest.raises(WebSocketDisconnected):
            await ws.send_text("stuck")

    async with (
        HeldSocket(options={"send_timeout": 30}) as server,
        anyio.create_task_group() as group,
    ):
        server.on_send = write
        group.start_soon(send, server.ws)
        async with struck_within(30):
            assert await server.ws.wait_disconnected() == 1006
        assert (server.ws.ready, server.ws.closed) == (False, True)
        with pytest.raises(WebSocketDisconnected):
            await server.ws.send_text("late")
        let_go.set()


async def test_a_send_that_is_slow_but_goes_on_is_left_alone() -> None:
    async with HeldSocket(options={"send_timeout": 10}) as server:

        async def slowly(event: Event) -> None:
            await sleep(9)

        server.on_send = slowly
        for number in range(5):
            await server.ws.send_text(str(number))
        assert not server.ws.closed


async def test_under_a_lifespan_one_clock_watches_all_connections() -> None:
    async def respond(req: Request, ws: WebSocket) -> None:
        await ws.accept()
        await ws.wait_disconnected()

    async with (
        ASGIConductor(app_with(respond, idle_timeout=7)) as conductor,
        AsyncExitStack() as stack,
    ):
        clients = [
            await stack.enter_async_context(conductor.simulate_ws("/")) for _ in range(CROWD)
        ]
        names = [task.name for task in anyio.get_running_tasks()]
        assert names.count("anyws: clock") == 1
        async with struck_within(7):
            for client in clients:
                with pytest.raises(WebSocketDisconnected) as caught:
                    await client.receive_text()
                assert caught.value.code == 1001


async def test_better_the_rate_allows_so_many_a_second_after_the_burst() -> None:
    async with HeldSocket(options={"receive_rate": (2, 3)}) as server:
        for _ in range(3):
            server.push_text("burst")
            await server.ws.receive_text()
        for _ in range(10):
            await sleep(0.5)
            server.push_text("steady")
            assert await server.ws.receive_text() == "steady"
        await sleep(0.4)
        server.push_text("early")
        with pytest.raises(WebSocketDisconnected) as caught:
            await server.ws.receive_text()
        assert caught.value.code == 1008
