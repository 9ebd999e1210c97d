"""Waiting until all others wait, without a moment of real time."""

from __future__ import annotations

import asyncio
import threading

import anyio
import pytest
from anyio import sleep_forever, to_thread
from anyio.lowlevel import checkpoint

from anyws.testing import wait_all_tasks_blocked


async def test_it_waits_for_every_task_that_has_something_to_do() -> None:
    done: list[int] = []

    async def work(turns: int) -> None:
        for _ in range(turns):
            await checkpoint()
        done.append(turns)
        await sleep_forever()

    async with anyio.create_task_group() as group:
        for turns in (1, 7, 50):
            group.start_soon(work, turns)
        await wait_all_tasks_blocked()
        assert sorted(done) == [1, 7, 50]
        group.cancel_scope.cancel()


async def test_it_waits_for_a_chain_of_tasks_that_wake_each_other() -> None:
    events = [anyio.Event() for _ in range(20)]

    async def hand_on(number: int) -> None:
        async with anyio.create_task_group() as inner:
            inner.start_soon(events[number].wait)
        events[number + 1].set()

    async with anyio.create_task_group() as group:
        for number in range(19):
            group.start_soon(hand_on, number)
        await wait_all_tasks_blocked()
        events[0].set()
        await wait_all_tasks_blocked()
        assert events[19].is_set()


async def test_several_may_wait_at_once() -> None:
    waited: list[int] = []

    async def wait(number: int) -> None:
        await wait_all_tasks_blocked()
        waited.append(number)

    async with anyio.create_task_group() as group:
        for number in range(3):
            group.start_soon(wait, number)
    assert sorted(waited) == [0, 1, 2]


async def test_a_task_that_waits_for_time_or_for_a_thread_counts_as_blocked() -> None:
    async def work() -> None:
        await to_thread.run_sync(let_go.wait)

    let_go = threading.Event()
    async with anyio.create_task_group() as group:
        group.start_soon(anyio.sleep, 3600)
        group.start_soon(work)
        await wait_all_tasks_blocked()
        let_go.set()
        group.cancel_scope.cancel()


@pytest.mark.parametrize("anyio_backend", [pytest.param(("asyncio", {}), id="asyncio")])
async def test_no_timer_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    async def work() -> None:
        for _ in range(10):
            await checkpoint()

    def call_later(*_: object) -> None:
        pytest.fail("a timer was set")

    async with anyio.create_task_group() as group:
        group.start_soon(work)
        with monkeypatch.context() as patch:
            patch.setattr(asyncio.get_running_loop(), "call_later", call_later)
            await wait_all_tasks_blocked()


async def test_a_wait_can_be_cancelled() -> None:
    async def never_rest() -> None:
        while True:
            await checkpoint()

    async with anyio.create_task_group() as group:
        group.start_soon(never_rest)
        with anyio.CancelScope() as scope:
            async with anyio.create_task_group() as inner:
                inner.start_soon(wait_all_tasks_blocked)
                await checkpoint()
                scope.cancel()
        assert scope.cancelled_caught
        group.cancel_scope.cancel()


@pytest.mark.anyws_clock("virtual")
async def test_no_virtual_time_passes() -> None:
    async with anyio.create_task_group() as group:
        group.start_soon(anyio.sleep, 10)
        await wait_all_tasks_blocked()
        assert anyio.current_time() == 0
