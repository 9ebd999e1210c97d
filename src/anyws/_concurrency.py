"""Shields and exception groups: the one file that opens the first and unwraps the second."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any, Final, Self

import anyio

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator


def shielded(seconds: float) -> anyio.CancelScope:
    """Give what happens inside `seconds` to finish, whatever is cancelled around it."""
    return anyio.move_on_after(seconds, shield=True)


async def uninterrupted(seconds: float, function: Callable[[], Awaitable[object]]) -> bool:
    """Call a function and give it `seconds`, whatever is cancelled around it; say if it ended.

    A shield keeps out what cancel scopes do, and not `asyncio.Task.cancel()`, by which servers
    end their tasks. So the function runs in a task of its own, which its caller waits for.
    """

    scope = shielded(seconds)

    async def call() -> None:
        with scope:
            await function()

    async with anyio.create_task_group() as group:
        group.start_soon(call)
    return not scope.cancelled_caught


async def noting_wait(call: Awaitable[object], note: Callable[[], None]) -> None:
    """Await a call, and call `note()` if and when it waits for the first time."""
    steps = call.__await__()
    trap = first_trap(steps)
    if trap is not DONE:
        note()
        await Begun(steps, trap)


DONE: Final = object()
"""What `first_trap()` gives for a call that has ended without waiting."""


def first_trap(steps: Generator[Any, Any, object]) -> object:
    """Take the first step of an awaited call by hand; give what it asks of the event loop.

    No event loop tells whether a call has waited. This does, and costs next to nothing: `next()`
    with a default swallows the end of the call without making an exception of it.
    """
    return next(steps, DONE)


class Begun(Generator[Any, Any, object]):
    """The rest of a call whose first step was taken by hand: it gives that step's trap again.

    What looks into suspended tasks, a debugger for example, sees no further than to this.
    """

    __slots__ = ("_begun", "_steps", "_trap", "interrupted")

    def __init__(self, steps: Generator[Any, Any, object], trap: object) -> None:
        self._steps = steps
        self._trap = trap
        self._begun = False
        self.interrupted = False
        """Whether `interrupt()` has ended what it waited for."""

    def __await__(self) -> Self:
        return self

    def __next__(self) -> object:
        if self._begun:
            self._trap = next(self._steps)
        self._begun = True
        return self._trap

    def send(self, value: object) -> object:
        self._trap = self._steps.send(value)
        return self._trap

    def throw(self, *error: Any) -> object:
        self._trap = self._steps.throw(*error)
        return self._trap

    def interrupt(self) -> None:
        """Have the call see a cancellation where it waits, if it waits for a future (asyncio).

        No scope can do that for a call that has begun already: it may have entered scopes of its
        own, and scopes are left in reverse order.
        """
        cancel: Callable[[], bool] | None = getattr(self._trap, "cancel", None)
        if cancel is not None:
            self.interrupted = cancel()


def leaves(error: BaseException) -> Iterator[BaseException]:
    """Give the exceptions that stand at the end of every branch of a group, in their order."""
    if isinstance(error, BaseExceptionGroup):
        for member in error.exceptions:
            yield from leaves(member)
    else:
        yield error


def bare(error: BaseException) -> BaseException:
    """Take an exception out of the groups that hold nothing else."""
    while isinstance(error, BaseExceptionGroup) and len(error.exceptions) == 1:
        error = error.exceptions[0]
    return error


def failures(error: BaseException) -> list[Exception]:
    """Flatten a group to what went wrong: its leaves without the cancellations among them.

    A leaf that is neither (`KeyboardInterrupt`, `SystemExit`) is nobody's to handle: it is raised
    again, bare if nothing else went wrong.
    """
    cancelled = anyio.get_cancelled_exc_class()
    found = [leaf for leaf in leaves(error) if not isinstance(leaf, cancelled)]
    exceptions = [leaf for leaf in found if isinstance(leaf, Exception)]
    if len(exceptions) < len(found):
        raise found[0] if len(found) == 1 else error
    return exceptions
