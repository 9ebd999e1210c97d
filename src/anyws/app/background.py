"""Tasks that belong to the application and not to one connection."""

from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING

import anyio

from anyws._imports import Deferred

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from anyio.abc import TaskGroup, TaskStatus

    from anyws.app import task_status as statuses
else:
    statuses = Deferred("anyws.app.task_status")

_logger = logging.getLogger("anyws")


class BackgroundTasks:
    """The application's task group: open from startup to shutdown.

    Its tasks stand alone: one that fails is logged and ends, and the others go on. At shutdown
    all are cancelled, before the services that the application started are shut down; callbacks
    that responses have scheduled are given some time first.
    """

    __slots__ = ("_callbacks", "_group", "_idle", "_no_callbacks", "_scopes")

    def __init__(self, group: TaskGroup) -> None:
        self._group = group
        self._scopes: set[anyio.CancelScope] = set()
        self._callbacks: set[anyio.CancelScope] = set()
        self._idle: anyio.Event | None = None
        self._no_callbacks = anyio.Event()

    @property
    def is_open(self) -> bool:
        """Whether tasks can be started."""
        return self._idle is None

    def start_callback(self, callback: Callable[[], Awaitable[object]]) -> None:
        """Start a task that `wait_callbacks()` waits for."""
        scope = self._new_scope()
        self._callbacks.add(scope)
        self._group.start_soon(self._run, scope, callback, (), name=callback)

    async def wait_callbacks(self) -> None:
        """Wait until all callbacks have ended."""
        while self._callbacks:
            self._no_callbacks = anyio.Event()
            await self._no_callbacks.wait()

    def start_soon(
        self, func: Callable[..., Awaitable[object]], *args: object, name: object = None
    ) -> None:
        """Start a task, as `anyio.abc.TaskGroup.start_soon()` does.

        Raises `TypeError` for a coroutine in place of the function.
        """
        _check_callable("start_soon", func)
        self._group.start_soon(self._run, self._new_scope(), func, args, name=name or func)

    async def start(
        self, func: Callable[..., Awaitable[object]], *args: object, name: object = None
    ) -> object:
        """Start a task and wait until it says so, as `anyio.abc.TaskGroup.start()` does.

        What it raises before that is raised here, what it raises later is logged. Raises
        `TypeError` for a coroutine in place of the function.
        """
        _check_callable("start", func)
        return await self._group.start(
            self._run_started, self._new_scope(), func, args, name=name or func
        )

    async def stop(self) -> None:
        """Cancel all tasks, and wait until they have ended. No other can be started."""
        self._idle = anyio.Event()
        for scope in self._scopes:
            scope.cancel()
        if self._scopes:
            await self._idle.wait()

    def _new_scope(self) -> anyio.CancelScope:
        if self._idle is not None:
            raise RuntimeError("the application is shutting down: its task group is closed")
        scope = anyio.CancelScope()
        self._scopes.add(scope)
        return scope

    async def _run_started(
        self,
        scope: anyio.CancelScope,
        func: Callable[..., Awaitable[object]],
        args: tuple[object, ...],
        *,
        task_status: TaskStatus[object],
    ) -> None:
        status = statuses.NotedStatus(task_status)
        await self._run(scope, partial(func, task_status=status), args, status)

    async def _run(
        self,
        scope: anyio.CancelScope,
        func: Callable[..., Awaitable[object]],
        args: tuple[object, ...],
        status: statuses.NotedStatus | None = None,
    ) -> None:
        try:
            with scope:
                await func(*args)
        except Exception:
            if status is not None and not status.is_started:
                raise
            _logger.exception("a task of the application failed: %r", func)
        finally:
            self._scopes.discard(scope)
            self._callbacks.discard(scope)
            if not self._callbacks:
                self._no_callbacks.set()
            if self._idle is not None and not self._scopes:
                self._idle.set()


def _check_callable(method: str, func: object) -> None:
    if not callable(func):
        raise TypeError(
            f"{method}() takes a coroutine function and its arguments, not {func!r}: "
            f"write {method}(work, 1) in place of {method}(work(1))"
        )
