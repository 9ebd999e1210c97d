"""`async for message in ws`, and its kin for one kind of message."""

from __future__ import annotations

import json

import anyio
import msgpack  # type: ignore[import-untyped]  # has no types
import pytest

from anyws import OperationNotAllowed, PayloadTypeError, Request, WebSocket, WebSocketDisconnected
from tests.websocket.responders import accepted
from tests.websocket.scripted import Event, ScriptedServer, app_with, settle


@pytest.mark.parametrize("code", [1000, 1001, 1006, 1011, 4001])
async def test_iterating_gives_what_came_and_ends_with_the_connection(code: int) -> None:
    seen: list[object] = []

    async def respond(req: Request, ws: WebSocket) -> None:
        async for message in ws:
            seen.append(message)
        seen.append(ws.close_code)

    async with ScriptedServer(app_with(accepted(respond))) as server:
        server.push_text("one")
        server.push("websocket.receive", bytes=b"two")
        server.push_text("")
        server.push("websocket.receive", bytes=b"", text=None)
        server.push_disconnect(code)
    assert seen == ["one", b"two", "", b"", code]
    assert server.kinds() == ["accept"]


async def test_iterating_ends_when_another_task_closes_the_socket() -> None:
    codes = []

    async def close(ws: WebSocket) -> None:
        await settle()
        await ws.close(4000)

    async def respond(req: Request, ws: WebSocket) -> None:
        ws.task_group.start_soon(close, ws)
        async for _ in ws:
            pass
        codes.append(ws.close_code)

    async with ScriptedServer(app_with(accepted(respond))) as server:
        pass
    assert codes == [4000]
    assert server.close_event["code"] == 4000


async def test_iterating_ends_after_a_close_in_the_loop() -> None:
    seen = []

    async def respond(req: Request, ws: WebSocket) -> None:
        async for message in ws:
            seen.append(message)
            await ws.close(4000)
        seen.append(str(ws.close_code))

    server = ScriptedServer(app_with(accepted(respond)))
    server.push_text("one")
    server.push_text("two")
    async with server:
        pass
    assert seen == ["one", "4000"]


async def test_iterating_over_a_connection_that_has_ended_gives_nothing() -> None:
    seen: list[object] = []

    async def respond(req: Request, ws: WebSocket) -> None:
        with pytest.raises(WebSocketDisconnected):
            await ws.receive_text()
        for messages in (ws, ws.iter_text(), ws.iter_data(), ws.iter_media()):
            seen.extend([message async for message in messages])

    async with ScriptedServer(app_with(accepted(respond))) as server:
        server.push_disconnect()
    assert seen == []
    assert server.receives == 2


async def test_iterating_ends_where_the_servers_receive_fails() -> None:
    codes = []

    async def fail() -> None:
        if server.receives > 1:
            raise RuntimeError("the server is out of order")

    async def respond(req: Request, ws: WebSocket) -> None:
        async for _ in ws:
            pass
        codes.append(ws.close_code)

    server = ScriptedServer(app_with(accepted(respond)))
    server.on_receive = fail
    async with server:
        pass
    assert codes == [1006]


async def test_a_message_of_the_wrong_kind_raises_and_the_next_loop_goes_on_after_it() -> None:
    seen: list[object] = []

    async def respond(req: Request, ws: WebSocket) -> None:
        texts = ws.iter_text()
        with pytest.raises(PayloadTypeError):
            async for text in texts:
                seen.append(text)
        async for text in texts:
            seen.append(text)
            break
        with pytest.raises(PayloadTypeError):
            async for data in ws.iter_data():
                seen.append(data)
        async for message in ws:
            seen.append(message)

    async with ScriptedServer(app_with(accepted(respond))) as server:
        server.push_text("one")
        server.push("websocket.receive", bytes=b"no text")
        server.push_text("two")
        server.push("websocket.receive", bytes=b"three")
        server.push_text("no bytes")
        server.push_text("four")
        server.push_disconnect()
    assert seen == ["one", "two", b"three", "four"]


async def test_a_message_that_cannot_be_decoded_raises_and_the_next_loop_goes_on_after_it() -> (
    None
):
    seen: list[object] = []

    async def respond(req: Request, ws: WebSocket) -> None:
        with pytest.raises(json.JSONDecodeError):
            async for media in ws.iter_media():
                seen.append(media)
        async for media in ws.iter_media():
            seen.append(media)

    async with ScriptedServer(app_with(accepted(respond))) as server:
        server.push_text('{"number": 1}')
        server.push_text("{")
        server.push("websocket.receive", bytes=msgpack.packb([2]))
        server.push_disconnect()
    assert seen == [{"number": 1}, [2]]


async def test_iterating_over_media_of_a_type_gives_that_type() -> None:
    seen = []

    async def respond(req: Request, ws: WebSocket) -> None:
        async for number in ws.iter_media(type=float):
            seen.append(number)

    async with ScriptedServer(app_with(accepted(respond))) as server:
        server.push_text("1")
        server.push_disconnect()
    assert [(type(number), number) for number in seen] == [(float, 1.0)]


async def test_iterating_before_accept_is_not_allowed() -> None:
    async def respond(req: Request, ws: WebSocket) -> None:
        with pytest.raises(OperationNotAllowed, match="accept"):
            async for _ in ws:
                pass

    async with ScriptedServer(app_with(respond)) as server:
        pass
    assert server.close_event["code"] == 1000


async def test_two_tasks_may_not_iterate_at_once() -> None:
    async def listen(ws: WebSocket) -> None:
        async for _ in ws:
            pass

    async def respond(req: Request, ws: WebSocket) -> None:
        ws.task_group.start_soon(listen, ws)
        await settle()
        with pytest.raises(anyio.BusyResourceError):
            await listen(ws)

    async with ScriptedServer(app_with(accepted(respond))) as server:
        pass
    assert server.close_event["code"] == 1000


async def test_a_cancelled_iteration_loses_no_message() -> None:
    seen: list[object] = []

    async def respond(req: Request, ws: WebSocket) -> None:
        with anyio.CancelScope() as scope:
            scope.cancel()
            async for message in ws:
                seen.append(message)
        seen.append("cancelled")
        async for message in ws:
            seen.append(message)

    server = ScriptedServer(app_with(accepted(respond)))
    server.push_text("one")
    server.push_text("two")
    server.push_disconnect()
    async with server:
        pass
    assert [message for message in seen if message != "cancelled"] == ["one", "two"]
    assert "cancelled" in seen


async def test_a_failing_send_in_the_loop_is_not_the_end_of_the_iteration() -> None:
    """The end is quiet where the loop waits; what the body raises comes out of it."""
    failures = []

    async def lose(event: Event) -> None:
        if event["type"] == "websocket.send":
            raise OSError("gone")

    async def respond(req: Request, ws: WebSocket) -> None:
        try:
            async for message in ws:
                await ws.send_text(str(message))
        except WebSocketDisconnected as error:
            failures.append(error.code)

    server = ScriptedServer(app_with(accepted(respond)))
    server.on_send = lose
    server.push_text("one")
    async with server:
        pass
    assert failures == [1006]
