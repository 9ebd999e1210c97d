"""No test waits for real time, unless real servers play a part."""

from __future__ import annotations

import re
from pathlib import Path

import anyio
import pytest
import trio
from anyio import to_thread

from tests.waits import WaitsForTimers, may_wait

TESTS = Path(__file__).parents[1]
OTHERS = [path for path in sorted(TESTS.rglob("*.py")) if not may_wait(path)]
WAITS = re.compile(r"time\.sleep\(|anyio import .*wait_all_tasks_blocked|anyio\.wait_all_tasks")
MEANT = {
    "testing/test_clock.py",  # the virtual clock stands still while AnyIO's function waits
    "house/test_real_time.py",
}


def waited(seconds: float) -> WaitsForTimers:
    """Sleep on Trio, and give what has watched it."""
    waits = WaitsForTimers()
    trio.run(trio.sleep, seconds, instruments=[waits])
    return waits


def test_a_wait_for_a_timer_is_seen() -> None:
    assert waited(0.002).seconds >= 0.002
    assert waited(0).seconds == 0


def test_a_wait_that_a_thread_ends_before_its_deadline_is_no_wait_for_a_timer() -> None:
    async def work() -> None:
        with anyio.fail_after(60):
            await to_thread.run_sync(sum, ())

    waits = WaitsForTimers()
    trio.run(work, instruments=[waits])
    assert waits.seconds == 0


@pytest.mark.parametrize("path", OTHERS, ids=lambda path: path.relative_to(TESTS).as_posix())
def test_no_thread_is_put_to_sleep_and_nobody_asks_ten_times_a_second(path: Path) -> None:
    if path.relative_to(TESTS).as_posix() not in MEANT:
        assert not WAITS.search(path.read_text())
