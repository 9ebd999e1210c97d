"""Coroutines in the place of what they give."""

from __future__ import annotations

import inspect


def refuse_unawaited(value: object) -> None:
    """Raise `TypeError` for what has to be awaited first, and has not been."""
    if inspect.isawaitable(value):
        raise TypeError(f"{value!r} was not awaited: put await in front of what gives it")
