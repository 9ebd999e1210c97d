"""The tasks that connections start on an event loop of asyncio's: seen by a task factory."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from contextvars import copy_context
from typing import Any, Final

from anyws.testing.leaks.origins import Facts, Spawned, disown, find_start

_NO_NAME: Final = re.compile(r"Task-\d+|None")
"""What asyncio calls a task that nobody has named. It is "None" in some releases of Python (3.13.0)
if a factory has made the task, as here."""


class AsyncioWatch:
    """Wraps the task factory of the running loop.

    asyncio does not tell from outside what a task's context holds before Python 3.12, and never
    where a task was started.
    """

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._factory: Callable[..., Any] = self._make
        self._before: Callable[..., Any] | None = None
        self._stopped = False
        self._spawned: dict[asyncio.Task[Any], Spawned] = {}

    def start(self) -> None:
        self._before = self._loop.get_task_factory()
        self._loop.set_task_factory(self._factory)

    def stop(self) -> None:
        """Put back the factory that was there; one that was put over this one stays."""
        self._stopped = True
        if self._loop.get_task_factory() is self._factory:
            self._loop.set_task_factory(self._before)

    def running(self) -> list[Facts]:
        return [
            Facts(spawned, id(task), _name(task), task.get_coro())
            for task, spawned in self._spawned.items()
            if not task.done()
        ]

    def cancel(self, task_id: int) -> None:
        for task in self._spawned:
            if id(task) == task_id:
                task.cancel()

    def _make(self, loop: asyncio.AbstractEventLoop, coro: Any, **options: Any) -> Any:
        start = None if self._stopped else find_start()
        if start is not None and start.for_app:
            given = options.get("context")
            options["context"] = copy_context() if given is None else given.copy()
            disown(options["context"])
        if self._before is None:
            task = asyncio.Task(coro, loop=loop, **options)
        else:
            task = self._before(loop, coro, **options)
        if start is not None and not start.for_app:
            self._spawned[task] = start.spawned
            task.add_done_callback(self._spawned.pop)
        return task


def _name(task: asyncio.Task[Any]) -> str:
    name = task.get_name()
    return getattr(task.get_coro(), "__qualname__", name) if _NO_NAME.fullmatch(name) else name
