"""A queue of no messages: nothing is read ahead of the responder."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from anyio.lowlevel import checkpoint

from anyws import App, OperationNotAllowed, Request, WebSocket, WebSocketDisconnected
from tests.websocket.scripted import Route, ScriptedServer, settle
from tests.websocket.sockets import opened

CONNECT = 1
"""The call of the server's receive() that gave `websocket.connect`."""


async def test_each_receive_asks_the_server_once() -> None:
    async with opened(max_receive_queue=0) as (server, ws):
        for number in range(5):
            server.push_text(str(number))
        for taken in range(1, 4):
            await ws.receive_text()
            assert ws.ready
            await ws.send_text("1")
            await ws.send_text("2")
            await settle()
            assert server.receives == CONNECT + taken


async def test_a_departure_shows_only_at_the_next_receive() -> None:
    async with opened(max_receive_queue=0) as (server, ws):
        server.push_disconnect(4004)
        assert ws.ready
        ws.task_group.start_soon(checkpoint)
        await settle()
        await ws.send_text("gone out")
        assert (ws.ready, ws.closed) == (True, False)
        with pytest.raises(WebSocketDisconnected):
            await ws.receive_text()
        assert (ws.ready, ws.closed) == (False, True)
        with pytest.raises(WebSocketDisconnected) as raised:
            await ws.send_text("not sent")
        assert raised.value.code == 4004
    assert server.texts() == ["gone out"]


async def _wait_disconnected(ws: WebSocket) -> None:
    await ws.wait_disconnected()


async def _move_on(ws: WebSocket) -> None:
    with ws.move_on_disconnect():
        pass


async def _fail_on(ws: WebSocket) -> None:
    with ws.fail_on_disconnect():
        pass


@pytest.mark.parametrize("use", [_wait_disconnected, _move_on, _fail_on])
async def test_what_needs_the_reader_is_refused_with_the_options_name(
    use: Callable[[WebSocket], Awaitable[None]],
) -> None:
    async with opened(max_receive_queue=0) as (server, ws):
        with pytest.raises(OperationNotAllowed, match="max_receive_queue"):
            await use(ws)
        server.push_text("goes on")
        assert await ws.receive_text() == "goes on"


async def test_cancel_on_disconnect_is_refused_with_the_options_name() -> None:
    errors: list[Exception] = []

    async def responder(req: Request, ws: WebSocket) -> None:
        await ws.accept()

    async def note(
        req: Request, resp: object, ex: Exception, params: object, ws: object = None
    ) -> None:
        errors.append(ex)

    app = App()
    app.ws_options.max_receive_queue = 0
    app.ws_options.cancel_on_disconnect = True
    app.add_error_handler(OperationNotAllowed, note)
    app.add_route("/", Route(responder))
    async with ScriptedServer(app) as server:
        pass
    assert server.kinds()[-1] == "close"
    [error] = errors
    assert "max_receive_queue" in str(error)
