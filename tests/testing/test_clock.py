"""The virtual clock: time that jumps to the next timer when nothing can run."""

from __future__ import annotations

import subprocess
import sys
import threading

import anyio
import pytest
from anyio import from_thread, to_thread
from anyio.lowlevel import checkpoint
from anyio.to_thread import current_default_thread_limiter

from anyws.testing import virtual_clock
from anyws.testing.clock import running_clock

pytestmark = pytest.mark.anyws_clock("virtual")

Log = list[tuple[float, str]]

A_MOMENT = 0.02
"""Seconds on the wall that a thread works while the event loop has nothing else to do."""

ONE_RUN_OF_TIES = """
import sys, anyio
from anyws.testing import virtual_clock

async def beat(name, log):
    for _ in range(20):
        await anyio.sleep(30)
        log.append(name)

async def main():
    log = []
    async with anyio.create_task_group() as group:
        for name in "abcdefgh":
            group.start_soon(beat, name, log)
    return "".join(log)

backend = sys.argv[1]
print(anyio.run(main, backend=backend, backend_options=virtual_clock(backend)))
"""


async def beat(name: str, period: float, log: Log, beats: int) -> None:
    for _ in range(beats):
        await anyio.sleep(period)
        log.append((anyio.current_time(), name))


async def test_an_hour_of_heartbeats_is_over_at_once_and_each_is_on_time() -> None:
    log: Log = []
    async with anyio.create_task_group() as group:
        group.start_soon(beat, "slow", 30, log, 120)
        group.start_soon(beat, "fast", 8, log, 450)
    assert anyio.current_time() == 3600
    assert [time for time, name in log if name == "slow"] == [30 * n for n in range(1, 121)]
    assert [time for time, name in log if name == "fast"] == [8 * n for n in range(1, 451)]
    assert [time for time, _ in log] == sorted(time for time, _ in log)


async def test_time_begins_at_zero_and_stands_still_while_a_task_can_run() -> None:
    for _ in range(100):
        await checkpoint()
    assert anyio.current_time() == 0


async def test_a_deadline_strikes_on_time() -> None:
    with anyio.move_on_after(90) as scope:
        await anyio.sleep(3600)
    assert scope.cancelled_caught
    assert anyio.current_time() == 90


async def test_waiting_for_blocked_tasks_takes_no_time() -> None:
    log: Log = []

    async def work_and_beat() -> None:
        for _ in range(10):
            await checkpoint()
        await beat("soon", 0.05, log, 1)

    async with anyio.create_task_group() as group:
        group.start_soon(work_and_beat)
        await anyio.wait_all_tasks_blocked()
        assert (anyio.current_time(), log) == (0, [])
    assert log == [(0.05, "soon")]


async def test_a_task_that_waits_for_blocked_tasks_can_be_cancelled() -> None:
    blocked = False

    async def wait() -> None:
        nonlocal blocked
        await anyio.wait_all_tasks_blocked()
        blocked = True

    async def work() -> None:
        for _ in range(10):
            await checkpoint()

    async with anyio.create_task_group() as group:
        group.start_soon(work)
        group.start_soon(wait)
        for _ in range(3):
            await checkpoint()
        group.cancel_scope.cancel()
    await anyio.sleep(1)
    assert not blocked


async def test_time_does_not_pass_for_those_who_sleep_for_ever() -> None:
    async def wait_on_the_wall() -> None:
        await to_thread.run_sync(threading.Event().wait, A_MOMENT)

    async with anyio.create_task_group() as group:
        group.start_soon(anyio.sleep_forever)
        await wait_on_the_wall()
        group.cancel_scope.cancel()
    assert anyio.current_time() == 0


async def test_the_clock_does_not_jump_over_a_worker_thread() -> None:
    with anyio.move_on_after(60) as scope:
        await to_thread.run_sync(threading.Event().wait, A_MOMENT)
    assert not scope.cancelled_caught
    assert anyio.current_time() == 0


async def test_the_clock_jumps_again_once_the_thread_is_done() -> None:
    await to_thread.run_sync(threading.Event().wait, A_MOMENT)
    assert current_default_thread_limiter().borrowed_tokens == 0
    await anyio.sleep(3600)
    assert anyio.current_time() == 3600


async def test_a_thread_that_waits_for_the_loop_gets_the_time_of_the_wall() -> None:
    await to_thread.run_sync(from_thread.run, anyio.sleep, A_MOMENT)
    assert anyio.current_time() == A_MOMENT


async def test_a_deadline_shorter_than_a_threads_work_strikes_while_it_works() -> None:
    done = threading.Event()
    with anyio.move_on_after(A_MOMENT) as scope:
        await to_thread.run_sync(done.wait, 60, abandon_on_cancel=True)
    done.set()
    assert scope.cancelled_caught
    assert anyio.current_time() == A_MOMENT


async def test_the_running_clock_is_known() -> None:
    assert running_clock() == "virtual"


@pytest.mark.anyws_clock("real")
async def test_the_real_clock_is_known_as_well() -> None:
    assert running_clock() == "real"


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_timers_for_the_same_moment_come_in_the_same_order_in_every_run(backend: str) -> None:
    """The addresses of objects differ from process to process, and Trio draws lots."""
    command = [sys.executable, "-c", ONE_RUN_OF_TIES, backend]
    runs = {subprocess.check_output(command, timeout=60) for _ in range(3)}
    assert len(runs) == 1
    assert sorted(runs.pop().decode().strip()) == sorted("abcdefgh" * 20)


def test_on_asyncio_timers_for_the_same_moment_are_due_in_the_order_they_were_set() -> None:
    async def sleep_all() -> list[int]:
        woken: list[int] = []

        async def sleep_until_five(number: int) -> None:
            await anyio.sleep_until(5)
            woken.append(number)

        async with anyio.create_task_group() as group:
            for number in range(40):
                group.start_soon(sleep_until_five, number)
        return woken

    woken = anyio.run(sleep_all, backend_options=virtual_clock("asyncio"))
    assert woken == list(range(40))


def test_an_unknown_backend_is_named() -> None:
    with pytest.raises(ValueError, match="backend='uvloop' has no virtual clock; asyncio and"):
        virtual_clock("uvloop")


def test_outside_of_an_event_loop_no_clock_is_running() -> None:
    with pytest.raises(RuntimeError):
        running_clock()


def test_the_test_tools_import_neither_pytest_nor_trio() -> None:
    program = "import sys, anyws.testing; print(sorted({'pytest', 'trio'} & set(sys.modules)))"
    output = subprocess.check_output([sys.executable, "-c", program], timeout=60)
    assert output.decode().strip() == "[]"
