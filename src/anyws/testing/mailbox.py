"""One direction of a connection: a queue that loses nothing and costs nothing while it waits."""

from __future__ import annotations

from collections import deque
from functools import partial
from typing import TYPE_CHECKING, Generic, TypeVar

import anyio

if TYPE_CHECKING:
    from collections.abc import Callable

    from anyws.testing.shuffling import Shuffler

T = TypeVar("T")


class Mailbox(Generic[T]):
    """What one side has sent and the other has not taken yet.

    An item leaves the queue only in the step in which its taker goes on, so a taker that is
    cancelled has taken nothing. Nothing is refused for want of room: who has sent waits until
    there is room again, as a server's send does whose socket is full.

    What is sent arrives at once, unless a shuffler says when, or the taker has stalled: until it
    goes on it gets nothing that was sent meanwhile.
    """

    def __init__(self, capacity: int, shuffler: Shuffler | None = None) -> None:
        self.capacity: float = capacity
        """Items that it holds before `room()` waits."""
        self._shuffler = shuffler
        self._items: deque[T] = deque()
        self._under_way: deque[Callable[[], None]] = deque()
        self._stalled: int | None = None
        self._closed = False
        self._changed = anyio.Event()

    def put(self, item: T) -> None:
        """Add an item; never waits."""
        self._carry(partial(self._items.append, item))

    def close(self, then: Callable[[], None] | None = None) -> None:
        """Say that nothing more comes. What is in the queue can still be taken.

        `then` is called when that arrives, behind everything that was put before.
        """
        self._carry(partial(self._end, then))

    def cut(self) -> None:
        """Close at once. What is under way arrives before that, or is lost if the taker stalls."""
        if self._stalled is not None:
            self._under_way.clear()
            self._stalled = None
        while self._under_way:
            self.deliver()
        self._closed = True
        self._wake()

    def stall(self, room: int) -> None:
        """Let nothing arrive any more. More than `room` items under way leave no room."""
        self._stalled = room
        self._wake()

    def resume(self) -> None:
        """Let everything arrive that was held back, and what comes from now on."""
        self._stalled = None
        held = len(self._under_way)
        for _ in range(held):
            self._send_on()

    def deliver(self) -> None:
        """Have the oldest thing that is under way arrive, unless the taker stalls."""
        if self._under_way and self._stalled is None:
            self._under_way.popleft()()
            self._wake()

    async def take(self) -> T:
        """Give the oldest item, and wait for it if there is none.

        Raises `anyio.EndOfStream` when the queue is closed and everything in it has been taken.
        """
        while not self._items:
            if self._closed:
                raise anyio.EndOfStream
            await self._changed.wait()
        item = self._items.popleft()
        self._wake()
        return item

    def take_all(self) -> list[T]:
        """Give everything that has arrived; never waits."""
        items = list(self._items)
        self._items.clear()
        self._wake()
        return items

    async def room(self) -> None:
        """Wait until no more than the capacity is in the queue, or until it is closed."""
        while self.is_full and not self._closed:
            await self._changed.wait()

    async def drained(self) -> None:
        """Wait until everything has been taken, or until it is closed."""
        while (self._items or self._under_way) and not self._closed:
            await self._changed.wait()

    @property
    def is_full(self) -> bool:
        """Whether who has sent has to wait."""
        if self._stalled is not None:
            return len(self._under_way) > self._stalled
        return len(self._items) + len(self._under_way) > self.capacity

    def _carry(self, arrival: Callable[[], None]) -> None:
        self._under_way.append(arrival)
        if self._stalled is None:
            self._send_on()

    def _send_on(self) -> None:
        if self._shuffler is None:
            self.deliver()
        else:
            self._shuffler.post(self)

    def _end(self, then: Callable[[], None] | None) -> None:
        self._closed = True
        if then is not None:
            then()

    def _wake(self) -> None:
        # A new event for the next wait: whoever wakes looks at the queue again.
        self._changed.set()
        self._changed = anyio.Event()
