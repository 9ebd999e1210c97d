"""`discard_incoming()`: for responders that only send."""

from __future__ import annotations

import pytest
from anyio import BusyResourceError, create_task_group

from anyws import OperationNotAllowed, WebSocketDisconnected
from anyws.testing import wait_all_tasks_blocked
from tests.websocket.held import HeldSocket
from tests.websocket.sockets import opened


@pytest.mark.parametrize("size", [0, 4])
async def test_better_a_chatty_client_can_not_hide_its_departure_from_who_only_sends(
    size: int,
) -> None:
    async with opened(max_receive_queue=size) as (server, ws):
        ws.discard_incoming()
        for number in range(100):
            server.push_text(str(number))
        server.push_disconnect(4000, "enough")
        await wait_all_tasks_blocked()
        assert (ws.closed, ws.close_code, ws.close_reason) == (True, 4000, "enough")
        with pytest.raises(WebSocketDisconnected):
            await ws.send_text("x")


async def test_what_was_queued_before_is_dropped_and_makes_room() -> None:
    async with opened(max_receive_queue=1) as (server, ws):
        assert ws.ready
        for number in range(5):
            server.push_text(str(number))
        await wait_all_tasks_blocked()
        assert server.receives < 5
        ws.discard_incoming()
        server.push_disconnect(1001)
        await wait_all_tasks_blocked()
        assert ws.close_code == 1001


async def test_receives_after_it_are_not_allowed() -> None:
    async with opened() as (server, ws):
        server.push_text("lost")
        ws.discard_incoming()
        with pytest.raises(OperationNotAllowed, match="discard_incoming"):
            await ws.receive_text()
        with pytest.raises(OperationNotAllowed, match="discard_incoming"):
            async for _ in ws:
                pass


async def test_it_is_not_allowed_before_accept() -> None:
    async with HeldSocket(accept=False) as server:
        with pytest.raises(OperationNotAllowed, match="accept"):
            server.ws.discard_incoming()


async def test_it_is_refused_while_a_task_receives() -> None:
    async with opened() as (server, ws), create_task_group() as group:
        group.start_soon(ws.receive_text)
        await wait_all_tasks_blocked()
        with pytest.raises(BusyResourceError):
            ws.discard_incoming()
        server.push_text("taken")


async def test_with_no_queue_it_starts_the_reader_that_watching_needs() -> None:
    async with opened(max_receive_queue=0) as (server, ws):
        ws.discard_incoming()
        with ws.move_on_disconnect() as scope:
            server.push_disconnect(1001)
            await ws.wait_disconnected()
        assert ws.close_code == 1001
        assert scope.cancelled_caught or ws.closed
