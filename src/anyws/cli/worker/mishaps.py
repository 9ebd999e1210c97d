"""Errors of Hypercorn's own, which end one connection and are not to end more than that."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Final

from anyws._concurrency import leaves

LINES_PER_SECOND: Final = 5
"""Lines in the log for errors of one class. How many there were beyond that is one more."""

_LONGEST: Final = 200

_logger = logging.getLogger("anyws")


class Mishaps:
    """Keeps count of what went wrong in a server, so that nobody can flood its log."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._second = 0.0
        self._counts: dict[str, int] = {}

    @contextmanager
    def confined(self) -> Generator[None]:
        """Log what serving a connection raises, and let it go no further. Cancellations pass.

        Malformed requests make Hypercorn raise, and so does a client that vanishes in the middle
        of an upload by HTTP/2. On Trio that would end the server, with all of its connections.
        """
        try:
            yield
        except* Exception as errors:
            for error in leaves(errors):
                self._note(error)

    def sum_up(self) -> None:
        """Log how many were left out since the last time, if any were."""
        for kind, count in self._counts.items():
            if count > LINES_PER_SECOND:
                left_out = count - LINES_PER_SECOND
                _logger.warning("Hypercorn has dropped %d more connections: %s", left_out, kind)
        self._counts.clear()

    def _note(self, error: BaseException) -> None:
        now = self._clock()
        if now - self._second >= 1:
            self.sum_up()
            self._second = now
        kind = type(error).__name__
        count = self._counts[kind] = self._counts.get(kind, 0) + 1
        if count <= LINES_PER_SECOND:
            told = repr(error)[:_LONGEST]
            _logger.warning("Hypercorn has dropped a connection: %s", told)
        _logger.debug("raised by Hypercorn", exc_info=error)
