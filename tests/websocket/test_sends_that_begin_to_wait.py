"""Sends to a server that has never waited, and then has to when the frame is made already.

Hypercorn's asyncio worker is one: it waits for its lock, which an answer to a ping may hold.
"""

from __future__ import annotations

from contextlib import suppress
from itertools import count

import anyio
import pytest
from anyio import CancelScope, create_task_group
from anyio.lowlevel import checkpoint, checkpoint_if_cancelled

from anyws import WebSocket
from tests.conftest import BACKENDS
from tests.websocket.scripted import Event, settle
from tests.websocket.sockets import PATIENCE, cancel_at
from tests.websocket.waiting import Gate, Habits, calm, calm_habits, served


@pytest.mark.parametrize("earlier", [0, 1, 2, 3])
async def test_better_a_send_whose_made_frame_waits_for_a_lock_goes_out_though_it_is_cancelled(
    backend_name: str, earlier: int
) -> None:
    async with served(calm_habits(backend_name)) as server, create_task_group() as group:
        expected = [str(number) for number in range(earlier)]
        for text in expected:
            await server.ws.send_text(text)
        server.on_frame = lock = Gate()
        scope = CancelScope()
        group.start_soon(_send_within, scope, server.ws, "struck")
        await settle()
        scope.cancel()
        await settle()
        group.start_soon(server.ws.send_text, "next")
        await settle()
        assert server.texts() == expected
        lock.open()
        await settle()
        assert not server.broken
        assert server.texts() == [*expected, "struck", "next"]
        assert scope.cancelled_caught


async def _send_within(scope: CancelScope, ws: WebSocket, text: str) -> None:
    with scope:
        await ws.send_text(text)
        # What was held back comes at the next occasion.
        await checkpoint()


async def test_a_send_in_a_scope_of_the_servers_own_goes_out_though_it_is_cancelled(
    backend_name: str,
) -> None:
    lock = Gate()

    async def hold(event: Event) -> None:
        with anyio.fail_after(PATIENCE):
            await lock(event)
        with CancelScope(), suppress(LookupError):
            await lock(event)

    async with calm(backend_name) as server, create_task_group() as group:
        server.on_frame = hold
        scope = CancelScope()
        group.start_soon(_send_within, scope, server.ws, "struck")
        await settle()
        scope.cancel()
        await settle()
        assert server.texts() == ["calm"]
        lock.open()
        await settle()
        assert not server.broken
        assert (server.texts(), scope.cancelled_caught) == (["calm", "struck"], True)


@pytest.mark.parametrize("anyio_backend", BACKENDS[:2])
async def test_a_send_that_begins_to_wait_half_way_is_whole_wherever_it_is_cancelled() -> None:
    for turns in (1, 2, 5):
        for suspension in count():
            async with served(Habits(at_once=2, half_way=turns)) as server:
                await server.ws.send_text("earlier")
                struck = await cancel_at(suspension, server.ws.send_text("struck"))
                await server.ws.send_text("next")
                assert not server.broken
                assert server.texts() == ["earlier", "struck", "next"]
            if struck.through:
                break
            assert struck.cancelled


async def test_a_send_ends_whose_server_looks_for_a_cancellation(backend_name: str) -> None:
    lock = Gate()

    async def hold(event: Event) -> None:
        await lock(event)
        await checkpoint_if_cancelled()

    async with calm(backend_name) as server, create_task_group() as group:
        server.on_frame = hold
        scope = CancelScope()
        group.start_soon(_send_within, scope, server.ws, "struck")
        await settle()
        scope.cancel()
        lock.open()
        await settle()
        assert scope.cancelled_caught
