"""A client that leaves before or while its handshake is accepted."""

from __future__ import annotations

import anyio
import pytest
from anyio.lowlevel import checkpoint

from anyws import App, OperationNotAllowed, Request, WebSocket, WebSocketDisconnected
from tests.websocket.held import Failing, HeldSocket
from tests.websocket.scripted import Route, ScriptedServer, app_with, settle


class Waiting:
    """A component that waits for the test before it lets a handshake pass."""

    def __init__(self) -> None:
        self.let_go = anyio.Event()

    async def process_request_ws(self, req: Request, ws: WebSocket) -> None:
        await self.let_go.wait()


class Accepting:
    """A responder that accepts at once, and keeps what that raised."""

    def __init__(self) -> None:
        self.raised: list[WebSocketDisconnected] = []
        self.ended = anyio.Event()

    async def __call__(self, req: Request, ws: WebSocket) -> None:
        self.ws = ws
        try:
            await ws.accept()
        except WebSocketDisconnected as error:
            self.raised.append(error)
        await self.ended.wait()


async def test_an_os_error_of_the_server_in_accept_is_a_disconnect() -> None:
    lost = OSError("gone")
    server = HeldSocket(accept=False)
    server.on_send = Failing("accept", lost)
    async with server:
        with pytest.raises(WebSocketDisconnected) as raised:
            await server.ws.accept()
        assert raised.value.code == 1006
        assert raised.value.__cause__ is lost
        assert server.ws.closed
        assert not server.ws.ready
    assert server.sent == []


async def test_a_departure_while_middleware_waited_is_raised_by_accept() -> None:
    middleware, responder = Waiting(), Accepting()
    app = App(middleware=middleware)
    app.add_route("/", Route(responder))
    async with ScriptedServer(app) as server:
        server.push_disconnect(1001, "tab closed")
        middleware.let_go.set()
        await settle()
        responder.ended.set()
    [error] = responder.raised
    assert (error.code, error.reason) == (1001, "tab closed")
    assert server.sent == []


async def test_a_departure_while_the_responder_waited_is_raised_by_accept() -> None:
    async with HeldSocket(accept=False) as server:
        server.push_disconnect(1006)
        for _ in range(2):
            with pytest.raises(WebSocketDisconnected) as raised:
                await server.ws.accept()
            assert raised.value.code == 1006
        assert not server.ws.unaccepted
    assert server.sent == []


async def test_a_departure_is_looked_for_after_the_shortest_wait() -> None:
    raised: list[int] = []

    async def respond(req: Request, ws: WebSocket) -> None:
        await checkpoint()
        try:
            await ws.accept()
        except WebSocketDisconnected as error:
            raised.append(error.code)

    server = ScriptedServer(app_with(respond))
    server.push_disconnect(1001)
    async with server:
        pass
    assert raised == [1001]
    assert server.sent == []


async def test_a_client_that_is_there_is_accepted_though_somebody_waited() -> None:
    async with HeldSocket(accept=False) as server:
        await server.ws.accept()
        assert server.kinds() == ["accept"]
        for text in ("a", "b", "c"):
            server.push_text(text)
        assert [await server.ws.receive_text() for _ in range(3)] == ["a", "b", "c"]


async def test_messages_that_come_before_the_accept_are_kept_when_a_departure_is_looked_for() -> (
    None
):
    async with HeldSocket(accept=False) as server:
        for text in ("a", "b", "c", "d", "e", "f"):
            server.push_text(text)
        await server.ws.accept()
        assert [await server.ws.receive_text() for _ in range(6)] == list("abcdef")


async def test_where_nobody_waited_the_first_receive_reports_the_departure() -> None:
    responder = Accepting()
    server = ScriptedServer(app_with(responder))
    server.push_disconnect(1001)
    async with server:
        assert server.kinds() == ["accept"]
        assert responder.raised == []
        with pytest.raises(WebSocketDisconnected) as raised:
            await responder.ws.receive_text()
        assert raised.value.code == 1001
        responder.ended.set()
    assert server.kinds() == ["accept"]


async def test_where_nobody_waited_the_pump_reports_the_departure() -> None:
    responder = Accepting()
    server = ScriptedServer(app_with(responder))
    server.push_disconnect(1001)
    async with server:
        assert responder.ws.ready
        await settle()
        assert not responder.ws.ready
        assert responder.ws.close_code == 1001
        responder.ended.set()


async def test_an_accept_in_a_cancelled_scope_has_accepted_or_done_nothing() -> None:
    async with HeldSocket(accept=False) as server:
        with anyio.CancelScope() as scope:
            scope.cancel()
            await server.ws.accept()
            await anyio.sleep_forever()
        assert scope.cancelled_caught
        assert server.ws.unaccepted == (server.sent == [])
        if server.ws.unaccepted:
            await server.ws.accept()
    assert server.kinds() == ["accept", "close"]


async def test_another_error_of_the_server_in_accept_comes_as_it_is() -> None:
    broken = RuntimeError("no handshake today")
    async with HeldSocket(accept=False) as server:
        server.on_send = Failing("accept", broken)
        with pytest.raises(RuntimeError) as raised:
            await server.ws.accept()
        assert raised.value is broken
        assert server.ws.unaccepted
        server.on_send = None
        await server.ws.accept()
        assert server.ws.ready


async def test_a_client_that_has_left_was_never_sent_to() -> None:
    async with HeldSocket(accept=False) as server:
        server.push_disconnect(1001)
        with pytest.raises(WebSocketDisconnected):
            await server.ws.accept()
        with pytest.raises((WebSocketDisconnected, OperationNotAllowed)):
            await server.ws.send_text("x")
        await server.ws.close()
    assert server.sent == []
