"""The application at work: tasks that can be waited for, cancelled and described."""

from __future__ import annotations

import gc
import inspect
from collections.abc import AsyncGenerator, Awaitable, Coroutine, Generator, Iterator
from types import FrameType
from typing import TYPE_CHECKING, Final, Protocol

import anyio

from anyws._concurrency import failures, leaves

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from anyio.abc import TaskGroup

    from anyws._asgi.types import ASGIApp, Event, Scope

LAST_WORDS: Final = 30.0
"""Seconds that the application has to return once it should."""
_DEPTH: Final = 200
"""Calls, one inside the other, that are looked at to find where the application waits."""


class Exchange(Protocol):
    """The server's end of what the application does with one scope."""

    async def receive(self) -> Event: ...

    async def send(self, event: Event) -> None: ...

    def finish(self, failure: Exception | None) -> None:
        """Take note that the application has returned, or raised `failure`."""


class AppTask:
    """One call of the application.

    An exception of the application ends its task alone and is kept in `failure`, bare: a group of
    one is replaced by what is in it.
    """

    def __init__(self, app: ASGIApp, scope: Scope, exchange: Exchange) -> None:
        self._app = app
        self._scope = scope
        self._exchange = exchange
        self._cancel_scope = anyio.CancelScope()
        self._call: Awaitable[None] | None = None
        self.failure: Exception | None = None
        self.finished: anyio.Event = anyio.Event()

    async def run(self) -> None:
        """Call the application, and keep what it raises."""
        try:
            await self._run_cancellable()
        except Exception as error:
            self.failure = _bare(error)
        finally:
            self._exchange.finish(self.failure)
            self.finished.set()

    def cancel(self) -> None:
        """Cancel the application where it waits; it is not waited for."""
        self._cancel_scope.cancel()

    def where(self) -> str:
        """Say where the application waits, outermost call first, one line for each."""
        lines = [
            f'  File "{frame.f_code.co_filename}", line {frame.f_lineno}, in {frame.f_code.co_name}'
            for frame in _frames(self._call)
        ]
        return "\n".join(lines) or "  (not known)"

    async def _run_cancellable(self) -> None:
        with self._cancel_scope:
            self._call = self._app(self._scope, self._exchange.receive, self._exchange.send)
            await self._call


class AppTasks:
    """The owner of the application's tasks: a task group out of which exceptions come bare."""

    _group: TaskGroup

    def __init__(self) -> None:
        self._tasks: set[AppTask] = set()

    async def __aenter__(self) -> Self:
        self._group = anyio.create_task_group()
        await self._group.__aenter__()
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool | None:
        try:
            return await self._group.__aexit__(exc_type, error, traceback)
        except BaseExceptionGroup as group:
            found = list(leaves(group))
            raised = found[0] if len(found) == 1 else group
        # Outside of the handler, lest the group becomes the context of what was in it.
        raise raised

    def start(self, task: AppTask) -> None:
        """Run a task in the group."""
        self._tasks.add(task)
        self._group.start_soon(self._run, task)

    async def end_all_but(self, kept: AppTask) -> None:
        """Cancel the other tasks, and wait until they have ended, for half a minute at most."""
        left = self._tasks - {kept}
        for task in left:
            task.cancel()
        with anyio.move_on_after(LAST_WORDS):
            for task in left:
                await task.finished.wait()

    async def _run(self, task: AppTask) -> None:
        try:
            await task.run()
        finally:
            self._tasks.discard(task)


def _bare(error: Exception) -> Exception:
    """Give what a group of one holds, or the exception itself."""
    found = failures(error)
    return found[0] if len(found) == 1 else error


def _frames(call: object) -> Iterator[FrameType]:
    """Follow what a suspended call awaits, as far as Python lets it be seen."""
    for _ in range(_DEPTH):
        frame, call = _step(call)
        if frame is not None:
            yield frame


def _step(call: object) -> tuple[FrameType | None, object]:
    """Give the frame of a suspended call, if it has one, and what it awaits."""
    if inspect.iscoroutine(call):
        return call.cr_frame, call.cr_await
    if inspect.isgenerator(call):
        return call.gi_frame, call.gi_yieldfrom
    if inspect.isasyncgen(call):
        return call.ag_frame, call.ag_await
    if isinstance(call, Generator):
        # A wrapper around one of those, such as the next step of an asynchronous generator. It
        # has no attribute for what it wraps, but the garbage collector knows.
        wrapped: list[object] = gc.get_referents(call)
        return None, next(filter(_is_call, wrapped), None)
    return None, None


def _is_call(candidate: object) -> bool:
    return isinstance(candidate, (Coroutine, Generator, AsyncGenerator))
