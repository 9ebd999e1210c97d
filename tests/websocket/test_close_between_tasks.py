"""`close()` beside other tasks: one that receives, one that sends, and one that cancels."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import anyio
import pytest

from anyws import Request, WebSocket, WebSocketDisconnected
from tests.websocket.held import HeldSocket, Suspended
from tests.websocket.scripted import ScriptedServer, app_with, settle


class Receiving:
    """A responder that waits in a receive, and what came of it."""

    def __init__(self) -> None:
        self.got: list[str] = []
        self.code: int | None = None
        self.went_on = False

    async def __call__(self, req: Request, ws: WebSocket) -> None:
        self.ws = ws
        await ws.accept()
        try:
            while True:
                self.got.append(await ws.receive_text())
        except WebSocketDisconnected as error:
            self.code = error.code
        await anyio.lowlevel.checkpoint()
        self.went_on = True


async def expect_end(ws: WebSocket, code: int) -> None:
    """See all operations of a closed socket raise its end, twice."""
    operations: list[Callable[[], Awaitable[object]]] = [
        ws.receive_text,
        ws.receive_data,
        ws.receive_media,
        lambda: ws.send_text("late"),
        lambda: ws.send_data(b"late"),
        lambda: ws.send_media({}),
    ]
    for operation in operations * 2:
        with pytest.raises(WebSocketDisconnected) as raised:
            await operation()
        assert raised.value.code == code


async def test_a_receive_of_another_task_ends_at_once_with_the_code_where_the_pump_reads() -> None:
    async with HeldSocket() as server:
        assert server.ws.ready
        await settle()
        codes: list[int] = []

        async def receive() -> None:
            with pytest.raises(WebSocketDisconnected) as raised:
                await server.ws.receive_text()
            codes.append(raised.value.code)

        async with anyio.create_task_group() as group:
            group.start_soon(receive)
            await settle()
            await server.ws.close(4001)
            await settle()
            assert codes == [4001]
        await expect_end(server.ws, 4001)


async def test_a_receive_that_reads_directly_ends_with_the_code_when_the_server_reports_the_end() -> (
    None
):
    responder = Receiving()
    async with ScriptedServer(app_with(responder)) as server:
        await responder.ws.close(4001)
        await settle()
        server.push_disconnect(1006)
        await settle()
        assert responder.code == 4001
        assert responder.went_on
        await expect_end(responder.ws, 4001)


@pytest.mark.anyws_clock("virtual")
async def test_a_receive_that_reads_directly_ends_with_the_code_after_close_timeout() -> None:
    responder = Receiving()
    async with ScriptedServer(app_with(responder)):
        await responder.ws.close(4001)
    assert responder.code == 4001
    assert anyio.current_time() == 5


async def test_a_message_that_crosses_our_close_is_not_received_any_more() -> None:
    responder = Receiving()
    async with ScriptedServer(app_with(responder)) as server:
        await responder.ws.close(4001)
        server.push_text("crossing")
        server.push_disconnect(1005)
        await settle()
        assert responder.code == 4001
        assert responder.got == []


async def test_what_was_queued_is_dropped_by_our_close() -> None:
    async with HeldSocket() as server:
        assert server.ws.ready
        server.push_text("queued")
        await settle()
        await server.ws.close(4001)
        await expect_end(server.ws, 4001)


async def test_a_disconnect_that_the_server_reports_later_does_not_change_the_code() -> None:
    async with HeldSocket() as server:
        assert server.ws.ready
        await settle()
        await server.ws.close(4001, "ours")
        server.push_disconnect(1006, "theirs")
        await settle()
        assert (server.ws.close_code, server.ws.close_reason) == (4001, "ours")
        await expect_end(server.ws, 4001)


async def test_a_close_goes_out_after_a_send_that_is_under_way() -> None:
    async with HeldSocket() as server:
        async with anyio.create_task_group() as group, Suspended(server, "send") as stuck:
            group.start_soon(server.ws.send_text, "first")
            await stuck.entered.wait()
            group.start_soon(server.ws.close, 4001)
            await settle()
            assert server.kinds() == ["accept"]
        assert server.kinds() == ["accept", "send", "close"]
        assert server.ws.close_code == 4001


async def test_of_two_closes_behind_a_send_the_first_goes_out_alone() -> None:
    async with HeldSocket() as server:
        async with anyio.create_task_group() as group, Suspended(server, "send") as stuck:
            group.start_soon(server.ws.send_text, "first")
            await stuck.entered.wait()
            for code in (4001, 4002):
                group.start_soon(server.ws.close, code)
                await settle()
        assert server.kinds() == ["accept", "send", "close"]
        assert server.close_event["code"] == server.ws.close_code == 4001


async def test_of_two_closes_at_once_the_first_goes_out_alone() -> None:
    async with HeldSocket() as server:
        async with anyio.create_task_group() as group, Suspended(server, "close") as stuck:
            group.start_soon(server.ws.close, 4001)
            await stuck.entered.wait()
            group.start_soon(server.ws.close, 4002)
            await settle()
        assert server.ws.close_code == 4001
    assert server.close_event["code"] == 4001


async def test_a_close_in_a_cancelled_scope_does_not_eat_the_cancellation() -> None:
    async with HeldSocket() as server:
        with anyio.CancelScope() as scope:
            scope.cancel()
            await server.ws.close(4001)
            await anyio.sleep_forever()
        assert scope.cancelled_caught
        assert server.ws.closed == ("close" in server.kinds())
    assert server.kinds() == ["accept", "close"]


@pytest.mark.parametrize("accept", [True, False])
async def test_a_close_that_is_cancelled_under_way_goes_out_whole_and_the_cancellation_after_it(
    accept: bool,
) -> None:
    async with HeldSocket(accept=accept) as server:
        scope = anyio.CancelScope()

        async def close() -> None:
            with scope:
                await server.ws.close(4001)
                await anyio.sleep_forever()

        async with anyio.create_task_group() as group, Suspended(server, "close") as stuck:
            group.start_soon(close)
            await stuck.entered.wait()
            scope.cancel()
            await settle()
            assert "close" not in server.kinds()
        assert scope.cancelled_caught
        assert server.ws.close_code == 4001
    assert server.close_event["code"] == 4001


async def test_a_close_that_is_cancelled_while_a_send_is_under_way_has_done_nothing() -> None:
    async with HeldSocket() as server:
        scope = anyio.CancelScope()

        async def close() -> None:
            with scope:
                await server.ws.close(4001)

        async with anyio.create_task_group() as group, Suspended(server, "send") as stuck:
            group.start_soon(server.ws.send_text, "first")
            await stuck.entered.wait()
            group.start_soon(close)
            await settle()
            scope.cancel()
            await settle()
        assert scope.cancelled_caught
        assert server.ws.ready
        await server.ws.send_text("second")
        assert server.texts() == ["first", "second"]


async def test_a_close_of_a_foreign_task_goes_out_alone_though_the_responder_returns() -> None:
    held: list[WebSocket] = []
    leave = anyio.Event()

    async def respond(req: Request, ws: WebSocket) -> None:
        await ws.accept()
        held.append(ws)
        await leave.wait()

    server = ScriptedServer(app_with(respond))
    async with anyio.create_task_group() as foreign, server, Suspended(server, "close") as stuck:
        foreign.start_soon(held[0].close, 4000)
        await stuck.entered.wait()
        leave.set()
        await settle()
        assert not server.done
    assert server.kinds() == ["accept", "close"]
    assert server.close_event["code"] == 4000
