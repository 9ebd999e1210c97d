"""How long a test waits for timers in real time: on Trio, whose event loop lets itself be watched."""

from __future__ import annotations

from pathlib import Path
from time import perf_counter
from typing import Final

import trio

REAL: Final = frozenset("benchmarks cli examples oracles servers soak tutorial".split())
"""The folders whose tests run against real servers and processes, in their time."""


class WaitsForTimers(trio.abc.Instrument):
    """Adds up the time in which the event loop did nothing but wait until a timer was due."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._timeout = 0.0
        self._began = 0.0

    def before_io_wait(self, timeout: float) -> None:
        """Called by Trio."""
        self._timeout = timeout
        self._began = perf_counter()

    def after_io_wait(self, timeout: float) -> None:
        """Called by Trio. A wait that something else has ended is none for a timer."""
        elapsed = perf_counter() - self._began
        if 0 < self._timeout <= elapsed:
            self.seconds += elapsed


def may_wait(test: Path) -> bool:
    """Whether the test in that file may wait in real time."""
    return not REAL.isdisjoint(test.relative_to(Path(__file__).parent).parts)
