"""How long a worker that crashed is waited for before the next one is started."""

from __future__ import annotations

from typing import Final

FIRST: Final = 0.1
"""Seconds before the first restart."""

LONGEST: Final = 30.0
"""Seconds before each restart where none has helped."""

STEADY: Final = 60.0
"""Seconds that a worker has to live for its crash to count as the first again."""


def next_delay(before: float | None, *, lived: float) -> float:
    """Give the seconds to wait now; `before` is what was waited last time, None for nothing."""
    if before is None or lived >= STEADY:
        return FIRST
    return min(before * 2, LONGEST)
