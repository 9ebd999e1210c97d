"""Shields and exception groups: the one file that opens the first and unwraps the second."""

from __future__ import annotations

import types
from collections.abc import Generator
from typing import TYPE_CHECKING, Any, TypeVar

import anyio

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

T = TypeVar("T")


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


@types.coroutine
def noting_wait(call: Awaitable[T], note: Callable[[], None]) -> Generator[Any, Any, T]:
    """Await a call, and call `note()` if and when it waits for the first time.

    No event loop tells whether a call has waited. Taking its first step by hand does, and costs
    next to nothing; the rest is left to the event loop.
    """
    steps: Generator[Any, Any, T] = call.__await__()
    try:
        trap = next(steps)
    except StopIteration as done:
        result: T = done.value
        return result
    note()
    return (yield from _Begun(steps, trap))


class _Begun(Generator[Any, Any, T]):
    """The rest of a call whose first step was taken by hand: it gives that step's trap again."""

    __slots__ = ("_begun", "_steps", "_trap")

    def __init__(self, steps: Generator[Any, Any, T], trap: object) -> None:
        self._steps = steps
        self._trap = trap
        self._begun = False

    def send(self, value: object) -> object:
        if self._begun:
            return self._steps.send(value)
        self._begun = True
        return self._trap

    def throw(self, *error: Any) -> object:
        return self._steps.throw(*error)


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
