"""A send that is cancelled is whole or nothing, and a close is no different."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from itertools import count
from typing import Any

import anyio
import pytest
from anyio import CancelScope, create_task_group
from anyio.lowlevel import checkpoint

from anyws import WebSocket
from tests.conftest import BACKENDS
from tests.websocket.scripted import Event, settle
from tests.websocket.sockets import RACES, cancel_at, cancel_in_race, pass_turns
from tests.websocket.waiting import Gate, Habits, WaitingServer, served

Send = Callable[[WebSocket, str], Coroutine[Any, Any, None]]

NEVER_WAITS = pytest.param(Habits(), id="never waits")
WAITS_AFTER = pytest.param(Habits(after_write=2), id="writes, then waits")
WAITS_BEFORE = pytest.param(Habits(before_work=2), id="waits, then writes")
WAITS_HALF_WAY = pytest.param(Habits(half_way=2), id="waits half way")
WAITS_EVERYWHERE = pytest.param(
    Habits(before_work=1, half_way=1, after_write=1), id="waits everywhere"
)
# What writes before it waits, or waits before it does anything, may begin to at any message.
BEGINS_TO_WAIT_AFTER = pytest.param(Habits(at_once=3, after_write=2), id="begins to wait after")
BEGINS_TO_WAIT_BEFORE = pytest.param(Habits(at_once=3, before_work=2), id="begins to wait before")

WAITING = [WAITS_AFTER, WAITS_BEFORE, WAITS_HALF_WAY, WAITS_EVERYWHERE]
ALL = [NEVER_WAITS, *WAITING, BEGINS_TO_WAIT_AFTER, BEGINS_TO_WAIT_BEFORE]


async def _send_text(ws: WebSocket, text: str) -> None:
    await ws.send_text(text)


async def _send_media(ws: WebSocket, text: str) -> None:
    await ws.send_media(text)


async def _send_data(ws: WebSocket, text: str) -> None:
    await ws.send_data(text.encode())


SENDS = pytest.mark.parametrize("send", [_send_text, _send_media, _send_data])


def _messages(events: list[Event]) -> list[str]:
    """The messages among some events, as the sends above were given them."""
    payloads = [event.get("text") or event["bytes"].decode() for event in events[1:]]
    return [payload.strip('"') for payload in payloads]


@SENDS
@pytest.mark.parametrize("habits", ALL)
@pytest.mark.parametrize("earlier", [0, 1, 2, 3])
async def test_better_a_send_cancelled_at_any_of_its_suspensions_is_whole_or_nothing(
    send: Send, habits: Habits, earlier: int
) -> None:
    for suspension in count():
        async with served(habits) as server:
            expected = [f"earlier {number}" for number in range(earlier)]
            for text in expected:
                await send(server.ws, text)
            struck = await cancel_at(suspension, send(server.ws, "struck"))
            await send(server.ws, "next")
            assert not server.broken
            whole = [*expected, "struck", "next"]
            nothing = [*expected, "next"]
            sent = _messages(server.sent)
            assert sent == whole or (sent == nothing and struck.returned is None)
        if struck.through:
            break
        assert struck.cancelled


@SENDS
@pytest.mark.parametrize("habits", WAITING)
@pytest.mark.parametrize("earlier", [0, 1, 2])
async def test_better_from_a_cancelled_scope_nothing_is_sent_where_the_servers_sends_wait(
    send: Send, habits: Habits, earlier: int
) -> None:
    async with served(habits) as server:
        for _ in range(earlier):
            await send(server.ws, "earlier")
        with CancelScope() as scope:
            scope.cancel()
            await send(server.ws, "nothing")
            await checkpoint()
        assert scope.cancelled_caught
        assert _messages(server.begun) == ["earlier"] * earlier
        await send(server.ws, "next")
        assert _messages(server.begun) == ["earlier"] * earlier + ["next"]


@pytest.mark.parametrize("habits", WAITING)
async def test_better_a_send_that_had_begun_goes_out_whole_and_the_cancellation_comes_after_it(
    habits: Habits,
) -> None:
    async with served(habits) as server:
        for suspension in range(1, 4):
            struck = await cancel_at(suspension, server.ws.send_text("whole"))
            assert not server.broken
            assert server.texts() == ["whole"] * suspension
            assert struck.cancelled or struck.through


async def test_better_a_deadline_of_the_users_does_not_cut_a_stuck_send() -> None:
    taken = anyio.Event()
    ends: list[bool] = []

    deadline = anyio.CancelScope()

    async def send_with_a_deadline(ws: WebSocket) -> None:
        with deadline:
            await ws.send_text("stuck")
            await checkpoint()
        ends.append(deadline.cancelled_caught)

    async def stick(event: Event) -> None:
        if event.get("text") == "stuck":
            await taken.wait()

    async with served(Habits(half_way=1)) as server, create_task_group() as group:
        server.on_send = stick
        group.start_soon(send_with_a_deadline, server.ws)
        await settle()
        deadline.deadline = anyio.current_time()
        await settle()
        assert (ends, server.texts()) == ([], [])
        taken.set()
        await settle()
        assert (ends, server.texts()) == ([True], ["stuck"])


@pytest.mark.parametrize("habits", ALL)
async def test_a_send_that_is_cancelled_while_it_waits_for_its_turn_sends_nothing(
    habits: Habits,
) -> None:
    async with served(habits) as server, create_task_group() as group:
        server.on_send = gate = Gate()
        group.start_soon(server.ws.send_text, "first")
        await settle()
        for suspension in (0, 1):
            struck = await cancel_at(suspension, server.ws.send_text("cancelled"))
            assert struck.cancelled
        group.start_soon(server.ws.send_text, "last")
        await settle()
        gate.open()
        await settle()
        assert server.texts() == ["first", "last"]
        assert not server.broken


@pytest.mark.parametrize("habits", ALL)
async def test_the_turn_is_passed_on_by_a_send_that_is_cancelled_when_it_gets_it(
    habits: Habits,
) -> None:
    for race in RACES:
        async with served(habits) as server, create_task_group() as group:
            server.on_send = gate = Gate()
            group.start_soon(server.ws.send_text, "first")
            await pass_turns(3)
            group.start_soon(_later, server, "last")
            struck = await cancel_in_race(server.ws.send_text("struck"), gate.open, race)
            await settle()
            assert not server.broken, race
            whole = server.texts() == ["first", "struck", "last"]
            nothing = server.texts() == ["first", "last"]
            assert whole or (nothing and struck.returned is None), race


async def _later(server: WaitingServer, text: str) -> None:
    await server.ws.send_text(text)


@pytest.mark.parametrize("habits", [NEVER_WAITS, WAITS_AFTER, BEGINS_TO_WAIT_AFTER])
@pytest.mark.parametrize("anyio_backend", BACKENDS[:2])
async def test_the_turn_is_passed_on_by_a_task_that_asyncio_cancels_when_it_gets_it(
    habits: Habits,
) -> None:
    for race in RACES:
        async with served(habits) as server, create_task_group() as group:
            server.on_send = gate = Gate()
            group.start_soon(server.ws.send_text, "first")
            await pass_turns(3)
            task = asyncio.ensure_future(server.ws.send_text("struck"))
            await pass_turns(1)
            group.start_soon(server.ws.send_text, "last")
            race.start(group, task.cancel, gate.open)
            [result] = await asyncio.gather(task, return_exceptions=True)
            await settle()
            assert not server.broken, race
            whole = server.texts() == ["first", "struck", "last"]
            nothing = server.texts() == ["first", "last"]
            assert whole or (nothing and result is not None), race


@pytest.mark.parametrize("habits", ALL)
async def test_better_a_close_cancelled_at_any_of_its_suspensions_is_whole_or_nothing(
    habits: Habits,
) -> None:
    for suspension in count():
        async with served(habits) as server:
            await server.ws.send_text("before")
            struck = await cancel_at(suspension, server.ws.close(4000))
            assert not server.broken
            closed = "close" in server.kinds()
            assert closed or struck.returned is None
            assert (server.ws.closed, server.ws.close_code) == (closed, 4000 if closed else None)
            if not closed:
                await server.ws.send_text("still open")
        assert server.kinds().count("close") == 1
        assert server.close_event["code"] == (4000 if closed else 1000)
        if struck.through:
            break
        assert struck.cancelled
