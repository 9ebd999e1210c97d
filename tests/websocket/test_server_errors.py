"""What the server's errors during a send come to: one exception where the connection is gone."""

from __future__ import annotations

import pytest
from anyio import current_time, sleep_forever

from anyws import App, Request, WebSocket, WebSocketDisconnected
from tests.websocket.scripted import Event, Route, ScriptedServer, settle
from tests.websocket.sockets import opened
from tests.websocket.waiting import Habits, served


class ServerError(Exception):
    """An exception of a server's own."""


def _chained(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


class Failing:
    """An `on_send` that raises an error each time."""

    def __init__(self, error: Exception) -> None:
        self.error = error
        self.calls = 0

    async def __call__(self, event: Event) -> None:
        self.calls += 1
        raise self.error


LOST = [
    pytest.param(OSError("broken pipe"), 1006, id="OSError"),
    pytest.param(ConnectionResetError(104, "reset"), 1006, id="ConnectionResetError"),
    pytest.param(BrokenPipeError(), 1006, id="BrokenPipeError"),
    pytest.param(
        _chained(
            OSError(),
            ServerError("received 4001 (private use) bye; then sent 4001 (private use) bye"),
        ),
        4001,
        id="a cause with a code",
    ),
    pytest.param(
        _chained(OSError(), _chained(ServerError("closed"), ServerError("received 1001 (x)"))),
        1001,
        id="a cause of the cause",
    ),
    pytest.param(
        _chained(OSError(), ServerError("no close frame received or sent")),
        1006,
        id="a cause without a code",
    ),
    pytest.param(
        _chained(OSError(), ServerError("sent 1011 (internal error); no close frame received")),
        1006,
        id="a cause with a code of our own",
    ),
    pytest.param(ServerError("code = 1000 (OK), no reason"), 1000, id="code = 1000"),
    pytest.param(OSError("code = 1000 (OK), no reason"), 1000, id="OSError, code = 1000"),
]


@pytest.mark.parametrize(("error", "code"), LOST)
async def test_better_an_error_of_a_connection_that_is_gone_is_websocket_disconnected(
    error: Exception, code: int
) -> None:
    async with opened() as (server, ws):
        server.on_send = failing = Failing(error)
        for _ in range(2):
            with pytest.raises(WebSocketDisconnected) as raised:
                await ws.send_text("lost")
            assert raised.value.code == code
            assert raised.value.__cause__ is error
        assert failing.calls == 1
        assert (ws.ready, ws.closed, ws.close_code) == (False, True, code)
        server.on_send = None
        await ws.close(4000)
    assert server.kinds() == ["accept"]


@pytest.mark.parametrize("error", [ServerError("no"), RuntimeError("no"), ValueError("no")])
async def test_better_any_error_of_a_server_that_tells_of_the_disconnect_now_is_the_same(
    error: Exception,
) -> None:
    async with opened() as (server, ws):
        server.push_disconnect(4001, "bye")
        server.on_send = Failing(error)
        with pytest.raises(WebSocketDisconnected) as raised:
            await ws.send_text("lost")
        assert (raised.value.code, raised.value.reason) == (4001, "bye")
        assert raised.value.__cause__ is error
        assert ws.closed
    assert server.kinds() == ["accept"]


@pytest.mark.parametrize("turns", [0, 1])
async def test_better_a_disconnect_behind_messages_is_found_and_the_messages_are_kept(
    turns: int,
) -> None:
    error = ServerError("no")
    async with served(Habits(before_take=turns)) as server:
        ws = server.ws
        server.push_text("1")
        server.push_text("2")
        server.push_disconnect(4001)
        server.on_send = Failing(error)
        with pytest.raises(WebSocketDisconnected) as raised:
            await ws.send_text("lost")
        assert raised.value.code == 4001
        assert raised.value.__cause__ is error
        assert [await ws.receive_text(), await ws.receive_text()] == ["1", "2"]
        with pytest.raises(WebSocketDisconnected):
            await ws.receive_text()


async def test_better_any_error_while_a_disconnect_is_read_by_another_task_is_the_same() -> None:
    error = ServerError("no")

    async def leave_and_fail(event: Event) -> None:
        server.push_disconnect(4001)
        await settle()
        raise error

    async with opened() as (server, ws):
        assert ws.ready
        await settle()
        server.on_send = leave_and_fail
        with pytest.raises(WebSocketDisconnected) as raised:
            await ws.send_text("lost")
        assert raised.value.code == 4001
        assert raised.value.__cause__ is error


@pytest.mark.parametrize("queue", [0, 1, 4])
@pytest.mark.parametrize("error", [ServerError("no"), RuntimeError("no"), ValueError("no")])
async def test_better_any_other_error_comes_unchanged_and_the_state_does_not_change(
    error: Exception, queue: int
) -> None:
    async with opened(max_receive_queue=queue) as (server, ws):
        for text in ("1", "2", "3"):
            server.push_text(text)
        server.on_send = Failing(error)
        for _ in range(3):
            with pytest.raises(type(error)) as raised:
                await ws.send_text("refused")
            assert raised.value is error
            assert raised.value.__cause__ is None
        assert (ws.ready, ws.closed, ws.close_code) == (True, False, None)
        server.on_send = None
        await ws.send_text("taken")
        assert [await ws.receive_text() for _ in range(3)] == ["1", "2", "3"]
    assert server.texts() == ["taken"]
    assert server.close_event["code"] == 1000


async def test_with_no_queue_an_error_still_finds_the_disconnect() -> None:
    async with opened(max_receive_queue=0) as (server, ws):
        server.push_disconnect(4001)
        server.on_send = Failing(ServerError("no"))
        with pytest.raises(WebSocketDisconnected) as raised:
            await ws.send_text("lost")
        assert raised.value.code == 4001


async def test_better_a_subprotocol_that_the_server_refuses_is_a_value_error() -> None:
    errors: list[Exception] = []

    async def responder(req: Request, ws: WebSocket) -> None:
        server.on_send = Failing(ServerError("protocol accepted must be from the list"))
        with pytest.raises(ValueError, match="protocol accepted must be from the list") as raised:
            await ws.accept("chat")
        errors.append(raised.value)
        assert ws.unaccepted
        server.on_send = None
        await ws.accept()

    app = App()
    app.add_route("/", Route(responder))
    async with ScriptedServer(app, subprotocols=["chat"], connect=False) as server:
        server.push("websocket.connect")
    assert len(errors) == 1
    assert server.kinds() == ["accept", "close"]


class Watcher:
    """A component that notes with which error a connection ended."""

    def __init__(self) -> None:
        self.errors: list[Exception | None] = []

    async def process_disconnect_ws(
        self, req: Request, ws: WebSocket, resource: object, error: Exception | None
    ) -> None:
        self.errors.append(error)


@pytest.mark.anyws_clock("virtual")
async def test_better_a_send_stuck_for_send_timeout_ends_the_connection_as_lost() -> None:
    handled: list[Exception] = []

    async def stick(event: Event) -> None:
        await sleep_forever()

    async def responder(req: Request, ws: WebSocket) -> None:
        await ws.accept()
        server.on_send = stick
        while True:
            await ws.send_text("out")

    async def handle(
        req: Request, resp: None, ex: Exception, params: object, ws: WebSocket | None = None
    ) -> None:
        handled.append(ex)

    watcher = Watcher()
    app = App(middleware=watcher)
    app.ws_options.send_timeout = 4
    app.add_error_handler(WebSocketDisconnected, handle)
    app.add_route("/", Route(responder))
    async with ScriptedServer(app, connect=False) as server:
        server.push("websocket.connect")
    assert 4 <= current_time() <= 5
    [error] = handled
    assert isinstance(error, WebSocketDisconnected)
    assert error.code == 1006
    assert watcher.errors == [error]
    assert server.kinds() == ["accept"]
