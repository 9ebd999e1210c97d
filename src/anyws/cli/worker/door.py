"""How many connections a server has at once."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Final

_QUIET: Final = 10.0
"""Seconds between two lines in the log."""

_logger = logging.getLogger("anyws")


class Door:
    """Counts who is in, and turns away whoever comes when the limit is reached.

    That is logged with a line for the first one, and then at most every ten seconds.
    """

    def __init__(self, limit: int | None, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._limit = math.inf if limit is None else limit
        self._clock = clock
        self._inside = 0
        self._turned_away = 0
        self._told = -math.inf

    def is_full(self) -> bool:
        """Tell whether somebody who has come now is to be turned away; it is logged."""
        if self._inside < self._limit:
            return False
        self._turned_away += 1
        now = self._clock()
        if now >= self._told + _QUIET:
            _logger.warning(
                "max_connections=%s: closed %s more that came (at most one such line in %g s)",
                self._limit,
                self._turned_away,
                _QUIET,
            )
            self._told, self._turned_away = now, 0
        return True

    @contextmanager
    def inside(self) -> Generator[None]:
        """Count the block as a connection."""
        self._inside += 1
        try:
            yield
        finally:
            self._inside -= 1
