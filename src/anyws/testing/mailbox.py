"""One direction of a connection: a queue that loses nothing and costs nothing while it waits."""

from __future__ import annotations

from collections import deque
from typing import Generic, TypeVar

import anyio

T = TypeVar("T")


class Mailbox(Generic[T]):
    """What one side has sent and the other has not taken yet.

    An item leaves the queue only in the step in which its taker goes on, so a taker that is
    cancelled has taken nothing. Nothing is refused for want of room: who has sent waits until
    there is room again, as a server's send does whose socket is full.
    """

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._items: deque[T] = deque()
        self._closed = False
        self._changed = anyio.Event()

    def put(self, item: T) -> None:
        """Add an item; never waits."""
        self._items.append(item)
        self._wake()

    def close(self) -> None:
        """Say that nothing more comes. What is in the queue can still be taken."""
        self._closed = True
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

    async def room(self) -> None:
        """Wait until no more than the capacity is in the queue, or until it is closed."""
        while len(self._items) > self._capacity and not self._closed:
            await self._changed.wait()

    def _wake(self) -> None:
        # A new event for the next wait: whoever wakes looks at the queue again.
        self._changed.set()
        self._changed = anyio.Event()
