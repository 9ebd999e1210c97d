"""What the arguments of several classes must be."""

from __future__ import annotations

import math


def check_seconds(name: str, value: float) -> None:
    """Raise `ValueError` unless a value is a time that can pass."""
    if not 0 < value < math.inf:
        raise ValueError(f"{name} must be a finite number of seconds above 0, not {value!r}")
