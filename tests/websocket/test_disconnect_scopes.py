"""`move_on_disconnect()` and `fail_on_disconnect()`: blocks that end when the client leaves."""

from __future__ import annotations

import anyio
import pytest

from anyws import OperationNotAllowed, Request, WebSocket, WebSocketDisconnected
from tests.websocket.responders import accepted
from tests.websocket.scripted import ScriptedServer, app_with, settle

KINDS = ["move_on_disconnect", "fail_on_disconnect"]


async def test_move_on_disconnect_cancels_the_block_and_goes_on_after_it() -> None:
    seen: list[object] = []

    async def respond(req: Request, ws: WebSocket) -> None:
        with ws.move_on_disconnect() as scope:
            await anyio.sleep_forever()
        seen.extend([scope.cancelled_caught, ws.closed, ws.close_code])
        await settle()
        seen.append("went on")

    async with ScriptedServer(app_with(accepted(respond))) as server:
        assert not server.done
        server.push_disconnect(4001)
    assert seen == [True, True, 4001, "went on"]
    assert server.kinds() == ["accept"]


async def test_fail_on_disconnect_raises_the_departure() -> None:
    caught = []

    async def respond(req: Request, ws: WebSocket) -> None:
        try:
            with ws.fail_on_disconnect() as scope:
                await anyio.sleep_forever()
        except WebSocketDisconnected as error:
            caught.append((error.code, error.reason, scope.cancelled_caught))

    async with ScriptedServer(app_with(accepted(respond))) as server:
        server.push_disconnect(4001, "bye")
    assert caught == [(4001, "bye", True)]


async def test_fail_on_disconnect_ends_a_responder_as_a_departure_does() -> None:
    handled = []

    async def respond(req: Request, ws: WebSocket) -> None:
        with ws.fail_on_disconnect():
            await anyio.sleep_forever()

    async def handle(req: object, resp: object, ex: WebSocketDisconnected, params: object) -> None:
        handled.append(ex.code)

    app = app_with(accepted(respond))
    app.add_error_handler(WebSocketDisconnected, handle)
    async with ScriptedServer(app) as server:
        server.push_disconnect(4001)
    assert handled == [4001]
    assert server.kinds() == ["accept"]


@pytest.mark.parametrize("kind", KINDS)
async def test_a_block_that_ends_by_itself_was_not_ended_by_a_departure(kind: str) -> None:
    scopes = []

    async def respond(req: Request, ws: WebSocket) -> None:
        with getattr(ws, kind)() as scope:
            pass
        scopes.append(scope)

    async with ScriptedServer(app_with(accepted(respond))) as server:
        pass
    assert [scope.cancelled_caught for scope in scopes] == [False]
    assert server.close_event["code"] == 1000


async def test_a_block_that_is_entered_after_the_departure_is_cancelled_at_once() -> None:
    seen: list[object] = []

    async def respond(req: Request, ws: WebSocket) -> None:
        await ws.wait_disconnected()
        with ws.move_on_disconnect() as scope:
            seen.append("entered")
            await anyio.sleep_forever()
        seen.append(scope.cancelled_caught)

    async with ScriptedServer(app_with(accepted(respond))) as server:
        server.push_disconnect()
    assert seen == ["entered", True]


@pytest.mark.parametrize("kind", KINDS)
async def test_what_is_queued_can_be_received_after_the_block(kind: str) -> None:
    seen: list[object] = []

    async def respond(req: Request, ws: WebSocket) -> None:
        try:
            with getattr(ws, kind)():
                await anyio.sleep_forever()
        except WebSocketDisconnected:
            seen.append("gone")
        seen.extend([await ws.receive_text(), await ws.receive_text()])
        with pytest.raises(WebSocketDisconnected):
            await ws.receive_text()

    async with ScriptedServer(app_with(accepted(respond))) as server:
        server.push_text("one")
        server.push_text("two")
        server.push_disconnect()
    assert seen[-2:] == ["one", "two"]


async def test_a_cancellation_from_outside_passes_through_the_block() -> None:
    after: list[str] = []

    async def respond(req: Request, ws: WebSocket) -> None:
        with ws.move_on_disconnect():
            await anyio.sleep_forever()
        after.append("went on")

    async with ScriptedServer(app_with(accepted(respond))) as server:
        server.cancel_scope.cancel()
    assert server.cancel_scope.cancelled_caught
    assert after == []


async def test_a_block_that_is_cancelled_by_hand_ends_without_a_departure() -> None:
    caught = []

    async def respond(req: Request, ws: WebSocket) -> None:
        with ws.fail_on_disconnect() as scope:
            scope.cancel()
            await anyio.sleep_forever()
        caught.append(scope.cancelled_caught)

    async with ScriptedServer(app_with(accepted(respond))) as server:
        pass
    assert caught == [False]
    assert server.close_event["code"] == 1000


async def test_every_open_block_is_cancelled_in_whichever_task() -> None:
    ended = []

    async def watch(ws: WebSocket, name: str) -> None:
        with ws.move_on_disconnect():
            await anyio.sleep_forever()
        ended.append(name)

    async def respond(req: Request, ws: WebSocket) -> None:
        async with anyio.create_task_group() as group:
            group.start_soon(watch, ws, "a")
            group.start_soon(watch, ws, "b")
            with ws.move_on_disconnect(), ws.move_on_disconnect():
                await anyio.sleep_forever()
            ended.append("c")

    async with ScriptedServer(app_with(accepted(respond))) as server:
        server.push_disconnect()
    assert sorted(ended) == ["a", "b", "c"]


@pytest.mark.anyws_clock("virtual")
@pytest.mark.parametrize("reported", [True, False])
async def test_a_block_ends_when_another_task_closes_the_socket(reported: bool) -> None:
    """Over HTTP/2 some servers report nothing after a close of ours."""
    codes = []
    ended = anyio.Event()

    async def close(ws: WebSocket) -> None:
        await ws.close(4000)

    async def respond(req: Request, ws: WebSocket) -> None:
        ws.task_group.start_soon(close, ws)
        with ws.move_on_disconnect():
            await anyio.sleep_forever()
        codes.append(ws.close_code)
        ended.set()

    async with ScriptedServer(app_with(accepted(respond))) as server:
        if reported:
            server.push_disconnect(4000)
        await ended.wait()
        server.cancel_scope.cancel()
    assert codes == [4000]
    assert anyio.current_time() == 0


@pytest.mark.parametrize("kind", KINDS)
async def test_before_accept_there_is_no_such_block(kind: str) -> None:
    async def respond(req: Request, ws: WebSocket) -> None:
        with pytest.raises(OperationNotAllowed, match="accept"), getattr(ws, kind)():
            raise AssertionError("the block was entered")

    async with ScriptedServer(app_with(respond)) as server:
        pass
    assert server.close_event["code"] == 1000


@pytest.mark.parametrize("kind", KINDS)
async def test_without_a_queue_there_is_no_such_block_and_the_error_names_the_option(
    kind: str,
) -> None:
    async def respond(req: Request, ws: WebSocket) -> None:
        with pytest.raises(OperationNotAllowed, match="max_receive_queue"), getattr(ws, kind)():
            raise AssertionError("the block was entered")

    async with ScriptedServer(app_with(accepted(respond), max_receive_queue=0)) as server:
        pass
    assert server.close_event["code"] == 1000
