"""Messages to a server that says of itself that a cancelled send is whole."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import anyio
import pytest
from anyio import CancelScope, create_task_group, fail_after
from anyio.lowlevel import checkpoint, checkpoint_if_cancelled

from anyws import WebSocketDisconnected
from tests.websocket.scripted import settle
from tests.websocket.sockets import PATIENCE
from tests.websocket.waiting import Gate, Habits, WaitingServer

VOUCHING: dict[str, Any] = {"extensions": {"anyws.whole_sends": {"look": checkpoint_if_cancelled}}}
WAITS = Habits(before_work=1)


@asynccontextmanager
async def vouching(habits: Habits) -> AsyncIterator[WaitingServer]:
    """Give a server that vouches for its sends, and that has taken a first message."""
    with fail_after(PATIENCE):
        async with WaitingServer(None, habits=habits, **VOUCHING) as server:
            await server.ws.send_text("first")
            yield server


@pytest.mark.parametrize(
    ("scope", "vouches"),
    [(VOUCHING, True), ({}, False), ({"extensions": {"anyws.whole_sends": {}}}, False)],
    ids=["with a look", "not at all", "without a look"],
)
async def test_only_where_it_vouches_is_the_caller_cancelled_in_it(
    scope: dict[str, Any], vouches: bool
) -> None:
    with fail_after(PATIENCE):
        async with WaitingServer(None, habits=WAITS, **scope) as server:
            await server.ws.send_text("first")
            server.on_send = gate = Gate()
            async with create_task_group() as group:
                group.start_soon(server.ws.send_text, "second")
                await settle()
                group.cancel_scope.cancel()
                group.start_soon(_open_later, gate)
            assert server.texts() == (["first"] if vouches else ["first", "second"])


async def _open_later(gate: Gate) -> None:
    with CancelScope(shield=True):
        await settle()
        gate.open()


async def test_from_a_cancelled_scope_nothing_is_sent() -> None:
    async with vouching(WAITS) as server:
        with CancelScope() as scope:
            scope.cancel()
            await server.ws.send_text("nothing")
            await checkpoint()
        assert scope.cancelled_caught
        assert server.texts() == ["first"]


async def test_a_server_that_never_waits_is_sent_to_as_one_that_does_not_vouch() -> None:
    async with vouching(Habits()) as server:
        await server.ws.send_text("second")
        assert server.texts() == ["first", "second"]


@pytest.mark.anyws_clock("virtual")
async def test_a_stuck_send_is_noticed_all_the_same() -> None:
    options = {"send_timeout": 10}
    async with (
        WaitingServer(None, habits=WAITS, options=options, **VOUCHING) as server,
        create_task_group() as group,
    ):
        await server.ws.send_text("first")
        server.on_send = gate = Gate()
        begun = anyio.current_time()
        group.start_soon(_send_to_the_lost, server)
        assert await server.ws.wait_disconnected() == 1006
        assert 10 <= anyio.current_time() - begun <= 13
        gate.open()


async def _send_to_the_lost(server: WaitingServer) -> None:
    with pytest.raises(WebSocketDisconnected):
        await server.ws.send_text("stuck")
