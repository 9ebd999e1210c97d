"""The event loop whose time jumps, where asyncio is used without AnyIO."""

from __future__ import annotations

import asyncio
import math
import threading

import anyio
from anyio.from_thread import start_blocking_portal

from anyws.testing import virtual_clock
from anyws.testing.clock.on_asyncio import VirtualEventLoop

A_MOMENT = 0.02
"""Seconds on the wall that a thread works while the event loop has nothing else to do."""


async def work_in_a_thread() -> float:
    """Wait for a thread under a deadline, and give the time that has passed."""
    async with asyncio.timeout(60):
        await asyncio.to_thread(threading.Event().wait, A_MOMENT)
    return asyncio.get_running_loop().time()


def test_the_clock_does_not_jump_over_the_threads_of_an_executor() -> None:
    with asyncio.Runner(loop_factory=VirtualEventLoop) as runner:
        assert runner.run(work_in_a_thread()) == 0


def test_the_clock_does_not_jump_over_the_end_of_an_executor() -> None:
    """From Python 3.13 on asyncio warns where its threads are not done in five minutes."""

    async def leave_work_behind() -> None:
        working = threading.Event()

        def work() -> None:
            working.set()
            threading.Event().wait(A_MOMENT)

        future = asyncio.get_running_loop().run_in_executor(None, work)
        working.wait()
        future.cancel()

    loop = VirtualEventLoop()
    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        runner.run(leave_work_behind())
    assert loop.time() == 0


def test_the_clock_jumps_when_the_executor_is_idle() -> None:
    async def work_and_sleep() -> float:
        await work_in_a_thread()
        await asyncio.sleep(3600)
        return asyncio.get_running_loop().time()

    with asyncio.Runner(loop_factory=VirtualEventLoop) as runner:
        assert runner.run(work_and_sleep()) == 3600


def test_a_loop_with_nothing_to_wait_for_is_woken_by_another_thread() -> None:
    options = virtual_clock("asyncio")
    with start_blocking_portal("asyncio", options) as portal:
        forever = portal.start_task_soon(asyncio.sleep, math.inf)
        assert portal.call(anyio.current_time) == 0
        threading.Event().wait(A_MOMENT)
        assert portal.call(anyio.current_time) == 0
        forever.cancel()


def test_a_timer_that_was_cancelled_is_not_waited_for() -> None:
    async def cancel_a_timer() -> float:
        loop = asyncio.get_running_loop()
        loop.call_later(10, lambda: None).cancel()
        loop.call_later(math.inf, lambda: None).cancel()
        await asyncio.sleep(5)
        await asyncio.sleep(0)
        return loop.time()

    with asyncio.Runner(loop_factory=VirtualEventLoop) as runner:
        assert runner.run(cancel_a_timer()) == 5


def test_a_timer_of_days_is_reached() -> None:
    """asyncio waits for a day at most in one go."""

    async def sleep_for_a_week() -> float:
        await asyncio.sleep(7 * 86_400)
        return asyncio.get_running_loop().time()

    with asyncio.Runner(loop_factory=VirtualEventLoop) as runner:
        assert runner.run(sleep_for_a_week()) == 7 * 86_400
