"""Shields and exception groups: the one file that opens the first and unwraps the second."""

from __future__ import annotations

import math
from collections.abc import Generator
from types import coroutine
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


DONE: Final = object()
"""What `first_trap()` gives for a call that has ended without waiting."""


def first_trap(steps: Generator[Any, Any, object]) -> object:
    """Take the first step of an awaited call by hand; give what it asks of the event loop.

    No event loop tells whether a call has waited. This does, and costs next to nothing: `next()`
    with a default swallows the end of the call without making an exception of it.
    """
    return next(steps, DONE)


@coroutine
def noting_wait(call: Awaitable[object], note: Callable[[], None]) -> Generator[object, Any, None]:
    """Await a call, and call `note()` if and when it waits for the first time."""
    steps = call.__await__()
    trap = first_trap(steps)
    if trap is DONE:
        return
    note()
    error: BaseException | None
    try:
        while True:
            error = None
            try:
                answer = yield trap
            except GeneratorExit:
                raise
            except BaseException as thrown:  # This passes on what it is given, whatever that is.
                error = thrown
            # Thrown on from where it is handled, it would be the context of whatever the call
            # raises later.
            if error is not None:
                try:
                    trap = _throw_into(steps, error)
                finally:
                    del error
            elif answer is None:
                # It goes on with None, as all answers of asyncio are: from here for nothing.
                yield from steps
                return
            else:
                trap = steps.send(answer)
    except StopIteration:
        return


class Begun(Generator[Any, Any, object]):
    """The rest of a call whose first step was taken by hand: it gives that step's trap again.

    What looks into suspended tasks, a debugger for example, sees no further than to this.
    """

    __slots__ = ("_begun", "_steps", "_trap")

    def __init__(self, steps: Generator[Any, Any, object], trap: object) -> None:
        self._steps = steps
        self._trap = trap
        self._begun = False

    def __await__(self) -> Self:
        return self

    def __next__(self) -> object:
        if self._begun:
            return next(self._steps)
        self._begun = True
        return self._trap

    def send(self, value: object) -> object:
        return self._steps.send(value)

    def throw(self, *error: Any) -> object:
        return _throw_into(self._steps, *error)


def _throw_into(steps: Generator[Any, Any, object], *error: Any) -> object:
    try:
        if not hasattr(steps, "throw"):
            # Granian's calls, which are not written in Python, can't see what ends them.
            raise error[0]
        return steps.throw(*error)
    finally:
        # Its traceback holds this frame: each would keep the other, here as in the callers.
        del error


_MOST_YIELDS: Final = 16


class LateShield:
    """Shields the rest of a call that has begun without a shield, where asyncio runs it.

    No scope can be put around the rest: the call may have entered scopes of its own, and scopes
    are left in reverse order. So each wait gets a shield to itself. It is entered when the call
    asks something of the event loop and left before the call goes on, in whatever scope that is.
    Such a scope of the call's own is held back as well while the wait lasts.

    On Trio nothing is shielded: a call that looks for a cancellation there, and is not given it,
    waits for ever, and cannot be told from one that waits for something else.
    """

    __slots__ = ("_cancel_called", "_deadline", "_scope", "cancelled_caught")

    def __init__(self) -> None:
        self._cancel_called = False
        self._deadline = math.inf
        self._scope: anyio.CancelScope | None = None
        self.cancelled_caught: bool = False
        """Whether the last cancellation that the call has seen came from here."""

    @property
    def deadline(self) -> float:
        """When the call is cancelled, if it has not ended by then."""
        return self._deadline

    @deadline.setter
    def deadline(self, deadline: float) -> None:
        self._deadline = deadline
        if self._scope is not None:
            self._scope.deadline = deadline

    def cancel(self) -> None:
        """Cancel the call where it waits."""
        self._cancel_called = True
        if self._scope is not None:
            self._scope.cancel()

    async def run(self, steps: Generator[Any, Any, object], trap: object) -> None:
        """Run the rest of a call, which asks this of the event loop first."""
        rest = Begun(steps, trap)
        if not _is_for_asyncio(trap):
            await rest
            return
        trap = next(rest)
        yields = 0
        while trap is not DONE:
            yields = yields + 1 if trap is None else 0
            error: BaseException | None = None
            try:
                # A call of AnyIO's that sees a cancellation yields until it is given it.
                await self._wait(trap, shield=yields <= _MOST_YIELDS)
            except (Exception, anyio.get_cancelled_exc_class()) as raised:
                error = raised
            # Not where it is handled: see `noting_wait()`.
            try:
                trap = next(rest, DONE) if error is None else _throw(rest, error)
            finally:
                del error

    async def _wait(self, trap: object, *, shield: bool) -> None:
        cancelled = anyio.get_cancelled_exc_class()
        self._scope = scope = anyio.CancelScope(shield=shield, deadline=self._deadline)
        if self._cancel_called:
            scope.cancel()
        try:
            with scope:
                await _ask(trap)
        except cancelled:
            self.cancelled_caught = False
            raise
        if scope.cancelled_caught:
            self.cancelled_caught = True
            raise cancelled


def _is_for_asyncio(trap: object) -> bool:
    # It takes nothing but futures, which it knows by this, and None for another turn.
    return trap is None or hasattr(trap, "_asyncio_future_blocking")


@coroutine
def _ask(trap: object) -> Generator[object, None, None]:
    """Ask something of the event loop."""
    yield trap


def _throw(steps: Generator[Any, Any, object], error: BaseException) -> object:
    """Raise an error where a call waits; give what it asks of the event loop next."""
    try:
        return _throw_into(steps, error)
    except StopIteration:
        return DONE
    finally:
        del error


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
