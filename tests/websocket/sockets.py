"""An accepted WebSocket in the hands of the test, and calls that are cancelled on the way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Generator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import product
from typing import Any, Final, Generic, Protocol, TypeVar

import anyio
from anyio import CancelScope, fail_after
from anyio.abc import TaskGroup
from anyio.lowlevel import cancel_shielded_checkpoint, checkpoint

from anyws import WebSocket
from tests.websocket.held import HeldSocket

T = TypeVar("T")

PATIENCE: Final = 2
"""Seconds until a test whose tasks wait for each other fails: it takes milliseconds."""


@asynccontextmanager
async def opened(**options: Any) -> AsyncIterator[tuple[HeldSocket, WebSocket]]:
    """Give a server and the WebSocket of a responder that has accepted and waits for the test."""
    with fail_after(PATIENCE):
        async with HeldSocket(options=options) as server:
            yield server, server.ws


@dataclass
class Struck(Generic[T]):
    """How a call ended whose scope was cancelled while it ran."""

    cancelled: bool = False
    """A cancellation came out of the call, or of a checkpoint right behind it."""

    through: bool = False
    """The call ended before the cancellation was to strike."""

    returned: list[T] | None = None
    """What the call returned, if it returned: a list of one."""


async def cancel_at(suspension: int, call: Coroutine[Any, Any, T]) -> Struck[T]:
    """Run a call and cancel its scope when it suspends for the n-th time; 0: before it runs."""
    struck = Struck[T]()
    with CancelScope() as scope:
        if suspension == 0:
            scope.cancel()
        struck.returned = [await _Counted(call, scope, suspension)]
        struck.through = not scope.cancel_called
        await checkpoint()
    struck.cancelled = scope.cancelled_caught
    return struck


async def cancel_task_at(suspension: int, call: Coroutine[Any, Any, T]) -> Struck[T]:
    """Do what `cancel_at()` does as asyncio itself does it, by a cancellation of the task."""
    struck = Struck[T]()

    async def run() -> None:
        task = asyncio.current_task()
        assert task is not None  # it runs in one
        struck.returned = [await _Counted(call, task, suspension)]

    task = asyncio.ensure_future(run())
    if suspension == 0:
        task.cancel()
    await asyncio.wait([task])
    struck.cancelled = task.cancelled()
    struck.through = not struck.cancelled and task.cancelling() == 0
    if not struck.cancelled:
        task.result()
    return struck


async def cancel_in_race(
    call: Coroutine[Any, Any, T], deed: Callable[[], object], race: Race
) -> Struck[T]:
    """Run a call; some turns of the scheduler later a deed is done, and its scope is cancelled."""
    struck = Struck[T]()
    async with anyio.create_task_group() as group:
        with CancelScope() as scope:
            race.start(group, scope.cancel, deed)
            struck.returned = [await call]
            struck.through = not scope.cancel_called
            await checkpoint()
        struck.cancelled = scope.cancelled_caught
    return struck


@dataclass(frozen=True)
class Race:
    """When a cancellation strikes, and when the thing happens that it races with."""

    strike: int
    """The turn of the scheduler in which the cancellation strikes."""

    rival: int
    """The turn in which the other thing happens."""

    together: bool
    """Whether one task does both: it is behind those that it wakes when the next turn comes."""

    def start(
        self, group: TaskGroup, cancel: Callable[[], object], deed: Callable[[], object]
    ) -> None:
        """Start to count the turns."""
        if self.together:
            group.start_soon(_do, {self.strike: cancel}, {self.rival: deed})
        else:
            group.start_soon(_do, {self.strike: cancel})
            group.start_soon(_do, {self.rival: deed})


RACES: Final = [
    Race(strike, rival, together)
    for strike, rival, together in product(range(7), range(7), (False, True))
]
"""All races up to more turns than a call takes whose way is free."""


async def pass_turns(turns: int) -> None:
    """Let the scheduler go round some times, whatever is cancelled."""
    for _ in range(turns):
        await cancel_shielded_checkpoint()


async def _do(*deeds: dict[int, Callable[[], object]]) -> None:
    for turn in range(1 + max(max(each) for each in deeds)):
        for each in deeds:
            if turn in each:
                each[turn]()
        await pass_turns(1)


class Cancellable(Protocol):
    """A scope, or a task of asyncio's."""

    def cancel(self) -> object:
        """Cancel it."""


class _Counted(Generator[Any, Any, T]):
    """A coroutine that cancels a scope when it suspends for the n-th time."""

    def __init__(self, call: Coroutine[Any, Any, T], scope: Cancellable, suspension: int) -> None:
        self._call = call
        self._scope = scope
        self._left = suspension

    def __await__(self) -> Generator[Any, Any, T]:
        return self

    def send(self, value: Any) -> Any:
        return self._suspend(self._call.send(value))

    def throw(self, *error: Any) -> Any:
        return self._suspend(self._call.throw(*error))

    def _suspend(self, trap: Any) -> Any:
        self._left -= 1
        if self._left == 0:
            self._scope.cancel()
        return trap
