"""`WebSocketDisconnected`, and `wait_disconnected()`."""

from __future__ import annotations

import anyio
import pytest

from anyws import (
    OperationNotAllowed,
    Request,
    WebSocket,
    WebSocketDisconnected,
    WebSocketHandlerNotFound,
    WebSocketPathNotFound,
    WebSocketServerError,
)
from tests.websocket.responders import accepted
from tests.websocket.scripted import ScriptedServer, app_with, settle


def test_it_is_a_connection_error_with_a_code_and_a_reason() -> None:
    error = WebSocketDisconnected(4001, "too late")
    assert isinstance(error, ConnectionError)
    assert (error.code, error.reason) == (4001, "too late")
    assert "4001" in str(error)
    assert "too late" in str(error)


def test_without_a_code_it_is_a_normal_closure_without_a_reason() -> None:
    error = WebSocketDisconnected()
    assert (error.code, error.reason) == (1000, None)
    assert "1000" in str(error)


@pytest.mark.parametrize(
    "kind", [WebSocketPathNotFound, WebSocketHandlerNotFound, WebSocketServerError]
)
def test_refusals_of_a_handshake_are_kinds_of_it(kind: type[WebSocketDisconnected]) -> None:
    error = kind(3404, "Not Found")
    assert isinstance(error, WebSocketDisconnected)
    assert (error.code, error.reason) == (3404, "Not Found")


async def test_waiting_needs_nobody_to_receive_and_loses_no_message() -> None:
    seen: list[object] = []

    async def respond(req: Request, ws: WebSocket) -> None:
        seen.extend([await ws.wait_disconnected(), await ws.wait_disconnected()])
        seen.append(await ws.receive_text())

    async with ScriptedServer(app_with(accepted(respond))) as server:
        server.push_text("one")
        await settle()
        assert seen == []
        server.push_disconnect(4001)
    assert seen == [4001, 4001, "one"]


async def test_waiting_ends_with_our_own_close_as_well() -> None:
    seen = []

    async def close(ws: WebSocket) -> None:
        await settle()
        await ws.close(4000)

    async def respond(req: Request, ws: WebSocket) -> None:
        ws.task_group.start_soon(close, ws)
        seen.append(await ws.wait_disconnected())

    async with ScriptedServer(app_with(accepted(respond))):
        pass
    assert seen == [4000]


async def test_several_tasks_may_wait() -> None:
    seen = []

    async def wait(ws: WebSocket) -> None:
        seen.append(await ws.wait_disconnected())

    async def respond(req: Request, ws: WebSocket) -> None:
        async with anyio.create_task_group() as group:
            for _ in range(3):
                group.start_soon(wait, ws)

    async with ScriptedServer(app_with(accepted(respond))) as server:
        server.push_disconnect(4001)
    assert seen == [4001] * 3


async def test_waiting_behind_a_full_queue_ends_when_there_is_room() -> None:
    seen: list[object] = []

    async def take(ws: WebSocket) -> None:
        await settle()
        assert seen == []
        await ws.receive_text()
        await ws.receive_text()

    async def respond(req: Request, ws: WebSocket) -> None:
        ws.task_group.start_soon(take, ws)
        seen.append(await ws.wait_disconnected())

    server = ScriptedServer(app_with(accepted(respond), max_receive_queue=1))
    for text in "abc":
        server.push_text(text)
    server.push_disconnect(4001)
    async with server:
        pass
    assert seen == [4001]


async def test_a_cancelled_wait_leaves_the_connection_as_it_is() -> None:
    seen = []

    async def respond(req: Request, ws: WebSocket) -> None:
        with anyio.CancelScope() as scope:
            scope.cancel()
            await ws.wait_disconnected()
        assert scope.cancelled_caught
        seen.append(await ws.receive_text())

    async with ScriptedServer(app_with(accepted(respond))) as server:
        server.push_text("one")
    assert seen == ["one"]
    assert server.close_event["code"] == 1000


async def test_waiting_before_accept_is_not_allowed() -> None:
    async def respond(req: Request, ws: WebSocket) -> None:
        with pytest.raises(OperationNotAllowed, match="accept"):
            await ws.wait_disconnected()

    async with ScriptedServer(app_with(respond)) as server:
        pass
    assert server.close_event["code"] == 1000
