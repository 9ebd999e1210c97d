"""Waiting until everybody else waits, which is what a test does in the place of a sleep."""

from __future__ import annotations

import asyncio
from typing import Any, Final

import anyio
from anyio.lowlevel import checkpoint

from anyws.testing.backends import runs_on_trio

_waiting: Final[set[object]] = set()
"""The tasks of asyncio's that wait here, in whichever event loop: they have nothing else to do."""
_QUIET_TURNS: Final = 5
"""Turns of the event loop in which no task can run, one after the other, until it is believed: a
task that has ended wakes others through callbacks, which no task stands for."""


async def wait_all_tasks_blocked() -> None:
    """Wait until every other task of the event loop waits for something.

    As AnyIO's function of the same name, and with the same result. That one looks ten times a
    second on asyncio, and so costs a tenth of a second whenever a task has still something to do;
    this one looks in every turn of the event loop. A task that never waits for anything makes it
    wait for ever; one that waits for a socket, a thread or a timer counts as blocked.
    """
    if runs_on_trio():
        await anyio.wait_all_tasks_blocked()
        return
    this_task = asyncio.current_task()
    _waiting.add(this_task)
    try:
        await _all_others_blocked()
    finally:
        _waiting.discard(this_task)


async def _all_others_blocked() -> None:
    quiet = 0
    while quiet < _QUIET_TURNS:
        await checkpoint()
        can_run = any(_can_run(task) for task in asyncio.all_tasks() if task not in _waiting)
        quiet = 0 if can_run else quiet + 1


def _can_run(task: Any) -> bool:
    # asyncio does not tell in public what a task waits for; AnyIO looks at the same attribute.
    waiter: asyncio.Future[Any] | None = task._fut_waiter
    return waiter is None or waiter.done()
