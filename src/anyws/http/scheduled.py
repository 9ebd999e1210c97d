"""Callbacks that run once a response has been sent."""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from anyio import to_thread

from anyws._callables import is_coroutine_function

ScheduledCallback: TypeAlias = Callable[[], Awaitable[object]]


def asynchronous(callback: Callable[[], Awaitable[object]]) -> ScheduledCallback:
    """Give back a coroutine function; raise `TypeError` for anything else."""
    if not is_coroutine_function(callback):
        remedy = "pass the function, not the coroutine it makes"
        if callable(callback):
            remedy = "use schedule_sync() for a plain function, functools.partial() for arguments"
        raise TypeError(f"schedule() takes a coroutine function, not {callback!r}: {remedy}")
    return callback


def in_thread(callback: Callable[[], object]) -> ScheduledCallback:
    """Wrap a plain function so that it runs in a worker thread; `TypeError` for anything else."""
    if not callable(callback) or is_coroutine_function(callback):
        raise TypeError(
            f"schedule_sync() takes a plain function, not {callback!r}: "
            "use schedule() for a coroutine function"
        )
    return functools.partial(to_thread.run_sync, callback)
