"""What a client's leaving does to the response that is being sent to it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Generator
from functools import partial
from types import coroutine
from typing import TYPE_CHECKING, Any, Final, Generic, Self, TypeVar

import anyio
from anyio.lowlevel import checkpoint_if_cancelled

if TYPE_CHECKING:
    from anyws.http.incoming import Incoming

T = TypeVar("T")

CLOSE_GRACE: Final = 5
"""Seconds that a source has for its `finally` when the client has left or the server stops."""
READER_PATIENCE: Final = 10
"""Seconds that a source has to begin to read the request's body, if that is a large one."""


class Departure:
    """Cancels a scope when the client leaves; what iterates over a source in it ends gently.

    A cancellation is raised again at each wait, so that a `finally` with a wait in it would not
    get far. Here the source is cancelled where it waits, once, and has `CLOSE_GRACE` seconds from
    then on in which it can wait for what it likes.
    """

    __slots__ = ("_incoming", "_over", "_scope", "_watcher")

    def __init__(self, incoming: Incoming, scope: anyio.CancelScope) -> None:
        incoming.expect_reader()
        self._incoming = incoming
        self._scope = scope
        self._watcher: anyio.TaskInfo | None = None
        self._over = False

    async def watch(self) -> None:
        """Wait for the client to leave, and cancel the scope. Runs in a task inside of it."""
        self._watcher = anyio.get_current_task()
        try:
            await self._incoming.wait_disconnected(patience=READER_PATIENCE)
        finally:
            self._over = True
        self._scope.cancel()

    def each(self, source: AsyncIterator[T]) -> AsyncIterator[T]:
        """Iterate over a source. It is not closed here."""
        return _Gently(source, self)

    def give_time(self, scope: anyio.CancelScope) -> None:
        """Shield a scope, for a while, if a cancellation that comes now is that of all this."""
        if self._has_come() and not scope.shield:
            scope.deadline = anyio.current_time() + CLOSE_GRACE
            scope.shield = True

    def _has_come(self) -> bool:
        """Tell whether the client has left, or all this has been cancelled from outside."""
        # A scope does not tell of those around it, and the innermost one may be the source's own.
        # The watcher is in none but those that count.
        return self._over or (
            self._watcher is not None and self._watcher.has_pending_cancellation()
        )


class _Gently(Generic[T]):
    """The items of a source that is given time once it has been cancelled."""

    __slots__ = ("_departure", "_source")

    def __init__(self, source: AsyncIterator[T], departure: Departure) -> None:
        self._source = source
        self._departure = departure

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> T:
        with anyio.CancelScope() as scope:
            return await self._take_steps(self._source.__anext__(), scope)
        # There was not time enough; the cancellation has yet to be obeyed.
        await checkpoint_if_cancelled()
        raise TimeoutError(f"the source of a response did not end within {CLOSE_GRACE} seconds")

    @coroutine
    def _take_steps(self, call: Awaitable[T], scope: anyio.CancelScope) -> Generator[Any, Any, T]:
        return (yield from _Noting(call.__await__(), partial(self._departure.give_time, scope)))


class _Noting(Generator[Any, Any, T]):
    """The steps of a call; `note()` is called before a cancellation is raised where it waits.

    No event loop tells of a cancellation other than by raising it. To know of it before the call
    does takes being between the two. asyncio throws it into the call; Trio sends it, as the
    `error` of an outcome.
    """

    __slots__ = ("_note", "_steps")

    def __init__(self, steps: Generator[Any, Any, T], note: Callable[[], None]) -> None:
        self._steps = steps
        self._note = note

    def send(self, value: object) -> object:
        if isinstance(getattr(value, "error", None), anyio.get_cancelled_exc_class()):
            self._note()
        return self._steps.send(value)

    def throw(self, *error: Any) -> object:
        self._note()
        return self._steps.throw(*error)
