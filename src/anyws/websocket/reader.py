"""The reading side of a connection: who takes events from the server, and when.

A connection has one reader at a time. While a task waits in a receive it reads by itself, which
costs nothing. While all are away, a pump in the connection's task group may read ahead into a
queue, so that a departure is noticed and the server is held back by no more than the queue's size.

A server's `receive()` that waits belongs to the task that awaits it. So a task that comes while
the pump waits takes its message from the queue, and the pump makes room for it afterwards.

The queue is a deque and two events, not a memory object stream: such a stream hands an item to
the task that waits for it, and a task that is cancelled by asyncio itself at that moment
(`asyncio.timeout()`, `asyncio.wait_for()`) would lose it. Here a message leaves the queue in the
same step in which the receive returns it.
"""

from __future__ import annotations

import logging
from collections import deque
from typing import TYPE_CHECKING, Final, Protocol

import anyio
from anyio.lowlevel import checkpoint, checkpoint_if_cancelled

from anyws._asgi.events import WEBSOCKET_DISCONNECT, WEBSOCKET_RECEIVE
from anyws.websocket.closing import ABNORMAL_CLOSURE, NORMAL_CLOSURE
from anyws.websocket.state import End

if TYPE_CHECKING:
    from anyio.abc import TaskGroup

    from anyws._asgi.types import Event, Receive

_logger = logging.getLogger("anyws")

# So many sends in a row, with no receive between them, and the responder counts as away.
_PATIENCE: Final = 2
_MOST_PATIENCE: Final = 64
# What a server needs at most to hand over an event that is there: a turn in which the pump
# begins, the server's own checkpoint, and the turn in which the pump goes on.
_TURNS_TO_LOOK: Final = 4


class Owner(Protocol):
    """Whom the reader tells what it finds."""

    def depart(self, end: End) -> None:
        """The server told of the end of the connection."""

    async def refuse(self, kind: object) -> None:
        """The server sent an event that it may not send here."""


class _Nobody:
    """The owner of a reader whose connection is over: there is nobody to tell."""

    def depart(self, end: End) -> None:
        pass

    async def refuse(self, kind: object) -> None:
        pass


class Reader:
    """Takes events from the server: directly for a waiting task, or ahead of it into a queue."""

    __slots__ = (
        "_arrival",
        "_group",
        "_host",
        "_left",
        "_over",
        "_owner",
        "_patience",
        "_pumping",
        "_queue",
        "_reading",
        "_receive",
        "_room",
        "_sends",
        "_size",
        "_steady",
        "_wanted",
    )

    def __init__(self, receive: Receive, size: int, owner: Owner) -> None:
        self._receive = receive
        self._size = size
        self._owner = owner
        self._group: TaskGroup | None = None
        self._host: int | None = None
        self._queue: deque[Event] = deque()
        self._arrival: anyio.Event | None = None
        self._room: anyio.Event | None = None
        self._left: anyio.Event | None = None
        self._over = False
        self._pumping = False
        self._reading = False
        self._steady = False
        self._wanted = 0
        self._sends = 0
        self._patience = _PATIENCE

    @property
    def reads_ahead(self) -> bool:
        """Whether there is a queue to read ahead into."""
        return self._size > 0

    @property
    def waits_directly(self) -> bool:
        """Whether a task waits in the server's `receive()`, where only the server can end it."""
        return self._reading and not self._pumping

    def enter(self, group: TaskGroup) -> None:
        """From now on the pump may run, in this task group."""
        self._group = group
        self._host = anyio.get_current_task().id
        if self._is_wanted:
            self.start()

    def leave(self) -> None:
        """The task group ends, and the pump with it. What is queued can still be taken."""
        self._group = None
        self._pumping = False

    def stop(self) -> None:
        """End a wait for the queue at once, and drop what is queued. There is no next message."""
        self._over = True
        self._queue.clear()
        self._wake_pump()
        self._wake_reader()

    def release(self) -> None:
        """Let go of the owner, which holds the reader: both can be freed at once then."""
        self._owner = _Nobody()

    async def next(self) -> Event | None:
        """Take the next message; None when there will be no other.

        Cancelled, it loses nothing: a message that the queue holds stays there, and after the
        first cancellation of a connection all of its messages go through the queue.
        """
        if self._reading:
            raise anyio.BusyResourceError("receiving from")
        if self._host is not None:
            self._meet_first_reader()
        self._reading = True
        self._sends = 0
        try:
            if self._queue or self._pumping:
                event = await self._take_from_queue()
                if event is not None:
                    return event
            return await self._take()
        except anyio.get_cancelled_exc_class():
            self._steady = True
            raise
        finally:
            self._reading = False
            if self._is_wanted:
                self.start()
            if self._left is not None:
                self._left.set()

    def read_for_good(self) -> None:
        """Have the pump read all that comes from now on."""
        self._steady = True
        self.start()

    def want(self) -> None:
        """Have somebody read, whether a task waits or not, until as many `unwant()` calls."""
        self._wanted += 1
        self.start()

    def unwant(self) -> None:
        """Take back one `want()`."""
        self._wanted -= 1

    def count_send(self) -> None:
        """Note a send: a responder that sends and sends may not see that its client has left."""
        if not self._pumping:
            self._sends += 1
            if self._sends >= self._patience:
                self.start()

    def start(self) -> None:
        """Begin to read ahead, unless somebody reads already or reading ahead is turned off."""
        if self._size > 0:
            self._start()

    async def look(self) -> None:
        """Give the server a few turns to tell of a departure that it knows of already."""
        if self._group is not None:
            await self._look()
            return
        # The responder's group has ended: what looks has one of its own, for as long.
        async with anyio.create_task_group() as group:
            self._group = group
            try:
                await self._look()
            finally:
                self.leave()
                group.cancel_scope.cancel()

    async def _look(self) -> None:
        self._start()
        turns, known = 0, len(self._queue)
        while turns < _TURNS_TO_LOOK and not self._over and self._group is not None:
            await checkpoint()
            # A departure may be behind messages.
            turns = turns + 1 if len(self._queue) == known else 0
            known = len(self._queue)

    def note_leaving(self) -> anyio.Event:
        """Give an event that is set when the task that waits directly has come back."""
        self._left = anyio.Event()
        return self._left

    def _meet_first_reader(self) -> None:
        """Let only the responder's own task read by itself: a wait of any other has to end when
        the connection does. Asking for the task costs more than a message, so it is asked once."""
        if anyio.get_current_task().id != self._host:
            self.read_for_good()
        self._host = None

    @property
    def _is_wanted(self) -> bool:
        return self._steady or self._wanted > 0

    def _start(self) -> None:
        if not self._pumping and not self._reading and not self._over and self._group is not None:
            self._pumping = True
            self._group.start_soon(self._pump, name="anyws: receive pump")

    async def _pump(self) -> None:
        try:
            await self._read_ahead()
        finally:
            # Cancelled with its group, it leaves a task in a shield to read by itself.
            self._pumping = False
            self._wake_reader()

    async def _read_ahead(self) -> None:
        while (event := await self._take()) is not None:
            self._queue.append(event)
            awaited = self._arrival is not None
            self._wake_reader()
            if not self._size or (awaited and not self._is_wanted):
                # A task waited for the message, so nobody is away. Each such false alarm makes
                # the next one less likely. Where there is no queue, a look was all of it.
                self._patience = min(2 * self._patience, _MOST_PATIENCE)
                return
            while len(self._queue) > self._size:
                self._room = anyio.Event()
                await self._room.wait()

    async def _take_from_queue(self) -> Event | None:
        """Take a message from the queue, waiting for it while the pump runs."""
        await checkpoint_if_cancelled()
        while not self._queue and self._pumping and not self._over:
            self._arrival = anyio.Event()
            try:
                await self._arrival.wait()
            finally:
                self._arrival = None
        if not self._queue:
            return None
        event = self._queue.popleft()
        self._wake_pump()
        return event

    def _wake_reader(self) -> None:
        if self._arrival is not None:
            self._arrival.set()

    def _wake_pump(self) -> None:
        if self._room is not None and len(self._queue) <= self._size:
            self._room.set()
            self._room = None

    async def _take(self) -> Event | None:
        if self._over:
            return None
        try:
            event = await self._receive()
        except Exception as error:
            if not self._over:
                _logger.exception("the server's receive() failed: the WebSocket counts as lost")
            self._finish(End(ABNORMAL_CLOSURE, cause=error))
            return None
        kind = event["type"]
        if kind == WEBSOCKET_RECEIVE:
            return event
        if kind == WEBSOCKET_DISCONNECT:
            code = event.get("code")
            reason = event.get("reason") or None
            self._finish(End(NORMAL_CLOSURE if code is None else code, reason))
        else:
            await self._owner.refuse(kind)
        return None

    def _finish(self, end: End) -> None:
        # Servers block or fail in a receive() after the disconnect, so there won't be one.
        self._over = True
        self._owner.depart(end)
