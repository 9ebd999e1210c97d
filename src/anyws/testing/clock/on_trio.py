"""The virtual clock on Trio: Trio's own, which minds worker threads here."""

from __future__ import annotations

from contextlib import ExitStack

import trio
import trio.testing

from anyws.testing.shuffling import seeded_scheduler


class Minder(trio.abc.Instrument):
    """Keeps a clock from jumping over worker threads, and the order of tasks the same.

    While a thread works, a jump waits on the wall for as long as it is; the clock then stands
    still unless a deadline is reached. Known are threads under Trio's default limiter, which is
    AnyIO's as well.
    """

    def __init__(self, clock: trio.testing.MockClock) -> None:
        self._clock = clock
        self._stack = ExitStack()

    def before_run(self) -> None:
        """Have the scheduler draw the same numbers in every run."""
        self._stack.enter_context(seeded_scheduler(0))

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
