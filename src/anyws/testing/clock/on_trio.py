"""The virtual clock on Trio: Trio's own, which minds worker threads here."""

from __future__ import annotations

from collections.abc import MutableSequence
from contextlib import ExitStack
from random import Random
from typing import Any
from weakref import WeakKeyDictionary

import trio
import trio.testing

from anyws.testing.shuffling import scheduler_draws_from


class FirstComeFirstServed(Random):
    """Draws no lots: tasks run in the order in which they have become ready, as on asyncio.

    Those that one step of another task has made ready, or one moment of the clock, run in the
    order in which they were started: Trio keeps some of them in sets, whose order is another one
    in every run.
    """

    def __init__(self) -> None:
        super().__init__()
        self.moment = 0
        self._ready_since = WeakKeyDictionary[trio.lowlevel.Task, int]()

    def note(self, task: trio.lowlevel.Task) -> None:
        """Note that a task has become ready."""
        self._ready_since[task] = self.moment

    def shuffle(self, x: MutableSequence[Any]) -> None:
        """Order a batch of tasks, sorted by age. Trio takes the last one first."""
        x[:] = sorted(x, key=self._ready_since.__getitem__)
        x.reverse()


class Minder(trio.abc.Instrument):
    """Keeps a clock from jumping over worker threads, and the order of tasks the same.

    While a thread works, a jump waits on the wall for as long as it is; the clock then stands
    still unless a deadline is reached. Known are threads under Trio's default limiter, which is
    AnyIO's as well.
    """

    def __init__(self, clock: trio.testing.MockClock) -> None:
        self._clock = clock
        self._stack = ExitStack()
        self._queue = FirstComeFirstServed()

    def before_run(self) -> None:
        """Have the scheduler keep to an order."""
        self._stack.enter_context(scheduler_draws_from(self._queue))

    def task_scheduled(self, task: trio.lowlevel.Task) -> None:
        """Note when the task has become ready."""
        self._queue.note(task)

    def before_task_step(self, task: trio.lowlevel.Task) -> None:
        """What becomes ready from now on has another cause."""
        self._queue.moment += 1

    def after_io_wait(self, timeout: float) -> None:
        """What becomes ready from now on has another cause: a deadline, as a rule."""
        self._queue.moment += 1

    def after_run(self) -> None:
        """Give the scheduler its own numbers back."""
        self._stack.close()

    def after_task_step(self, task: trio.lowlevel.Task) -> None:
        """Decide how long the next jump has to wait, since the task may have begun or ended one."""
        threshold = 0.0
        if trio.to_thread.current_default_thread_limiter().borrowed_tokens:
            threshold = max(0.0, trio.lowlevel.current_statistics().seconds_to_next_deadline)
        if threshold != self._clock.autojump_threshold:
            self._clock.autojump_threshold = threshold


def virtual_options() -> dict[str, object]:
    """The options for one run of Trio."""
    clock = trio.testing.MockClock(autojump_threshold=0)
    return {"clock": clock, "instruments": [Minder(clock)]}


def runs_virtually() -> bool | None:
    """Whether Trio runs on a clock that jumps, whoever has made it; None where it does not run."""
    try:
        clock = trio.lowlevel.current_clock()
    except RuntimeError:
        return None
    return isinstance(clock, trio.testing.MockClock)
