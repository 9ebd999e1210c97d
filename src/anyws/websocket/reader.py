"""The reading side of a connection: who takes events from the server, and when.

A connection has one reader at a time. While a task waits in a receive it reads by itself, which
costs nothing. While all are away, a pump in the connection's task group may read ahead into a
queue, so that a departure is noticed and the server is held back by no more than the queue's size.

A server's `receive()` that waits belongs to the task that awaits it. So a task that comes while
the pump waits takes its message from the queue, and the pump makes room for it afterwards.

The queue is a list and two events, not a memory object stream: such a stream hands an item to
the task that waits for it, and a task that is cancelled by asyncio itself at that moment
(`asyncio.timeout()`, `asyncio.wait_for()`) would lose it. Here a message leaves the queue in the
same step in which the receive returns it. A deque would hold most of a KiB for each connection,
and be no faster at the lengths that a queue has.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Final, Protocol

import anyio
from anyio.lowlevel import checkpoint, checkpoint_if_cancelled

from anyws._asgi.events import WEBSOCKET_DISCONNECT, WEBSOCKET_RECEIVE
from anyws.errors.usage import OperationNotAllowed
from anyws.websocket.closing import ABNORMAL_CLOSURE, NORMAL_CLOSURE
from anyws.websocket.state import End

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from anyws._asgi.types import Event, Receive
    from anyws.websocket.intake import Breach, Intake

_logger = logging.getLogger("anyws")

# So many sends in a row, with no receive between them, and the responder counts as away.
_PATIENCE: Final = 2
_MOST_PATIENCE: Final = 64
# So many sends in a row while the pump runs, until others get a turn to run.
_STREAK: Final = 32
# What a server needs at most to hand over an event that is there: a turn in which the pump
# begins, the server's own checkpoint, and the turn in which the pump goes on.
_TURNS_TO_LOOK: Final = 4

_DISCARDED: Final = (
    "ws.discard_incoming() has been called: messages of the client are thrown away, and can't be "
    "received"
)

# In the place of the id of the responder's own task: it runs, and has not waited yet.
_RUNNING: Final = -1

# The modes of a reader. A task may ask the server by itself, with nothing to consider before and
# after; a task does so; there is more to consider.
FREE: Final = 0
ASKING: Final = 1
_CAREFUL: Final = 2


class Owner(Protocol):
    """Whom the reader works for, and tells what it finds."""

    def spawn(
        self, function: Callable[..., Coroutine[Any, Any, object]], *arguments: object, name: str
    ) -> bool:
        """Start a task of the connection's; False when its task group has ended."""

    @property
    def is_closed(self) -> bool:
        """Whether our close is out: what comes now has crossed it, and is dropped."""

    def require_open(self) -> None:
        """Raise unless messages can be received."""

    def depart(self, end: End) -> None:
        """The server told of the end of the connection."""

    async def break_off(self, breach: Breach) -> None:
        """The client sent what it may not send."""

    async def refuse(self, kind: object) -> None:
        """The server sent an event that it may not send here."""


class _Nobody:
    """The owner of a reader whose connection is over: there is nobody to tell."""

    is_closed = True

    def require_open(self) -> None:
        pass

    def spawn(
        self, function: Callable[..., Coroutine[Any, Any, object]], *arguments: object, name: str
    ) -> bool:
        return False

    def depart(self, end: End) -> None:
        pass

    async def break_off(self, breach: Breach) -> None:
        pass

    async def refuse(self, kind: object) -> None:
        pass


class Reader:
    """Takes events from the server: directly for a waiting task, or ahead of it into a queue."""

    __slots__ = (
        "_arrival",
        "_discarding",
        "_host",
        "_intake",
        "_left",
        "_over",
        "_owner",
        "_patience",
        "_pumping",
        "_queue",
        "_reading",
        "_room",
        "_size",
        "_steady",
        "_wait",
        "_wanted",
        "ask",
        "evicting",
        "mode",
        "small",
        "streak",
        "streak_limit",
        "taken",
    )

    def __init__(self, receive: Receive, size: int, intake: Intake, owner: Owner) -> None:
        self.ask: Receive = receive
        """The server's `receive()`, for who has found the mode FREE."""
        self.mode: int = _CAREFUL
        self.small: float = 0.0
        """A payload of this length breaks no limit, whatever it is."""
        self._size = size
        self._owner = owner
        self._host: int | None = None
        self._queue: list[Event] = []
        self._arrival: anyio.Event | None = None
        self._room: anyio.Event | None = None
        self._left: anyio.Event | None = None
        self._over = False
        self._discarding = False
        self._pumping = False
        self._reading = False
        self._steady = False
        self._wait: anyio.CancelScope | None = None
        self._wanted = 0
        self._patience = _PATIENCE
        self.evicting: bool = False
        """A task that waits directly is cancelled, because only its wait is to end."""
        self.taken: int = 0
        """Messages taken from the server, where that is to be known."""
        self.streak: int = 0
        """Sends since the last receive, or since something was done about them."""
        self.streak_limit: int = _PATIENCE
        """So many of them, and something is done: see `end_streak()`."""
        self.hold_to(intake)

    @property
    def reads_ahead(self) -> bool:
        """Whether it can read while nobody receives."""
        return self._size > 0 or self._discarding

    @property
    def waits_directly(self) -> bool:
        """Whether a task waits in the server's `receive()`, where only the server can end it."""
        if self._wait is not None:
            return False
        return self.mode == ASKING or (self._reading and not self._pumping and not self._over)

    @property
    def waits(self) -> bool:
        """Whether somebody waits in the server's `receive()`."""
        ahead = self._pumping and self._room is None
        return ahead or self._wait is not None or self.waits_directly

    def hold_to(self, intake: Intake) -> None:
        """Hold messages against these limits from now on."""
        self._intake = intake
        self.small = intake.small
        self.consider()

    def enter(self) -> None:
        """The connection's task group has begun, in the task that calls this."""
        self._host = _RUNNING
        if self._is_wanted:
            self.start()

    def note_wait(self) -> None:
        """The responder waits for the first time, in the task that calls this; until now no other
        task could run."""
        if self._host == _RUNNING:
            self._host = anyio.get_current_task().id

    def leave(self) -> None:
        """The task group ends, and the pump with it. What is queued can still be taken."""
        self.consider()

    def stop(self) -> None:
        """End a wait for the queue at once, and drop what is queued. There is no next message."""
        self._cut()
        self._wake_pump()
        self._wake_reader()
        if self._wait is not None:
            self._wait.cancel()

    def release(self) -> None:
        """Let go of the owner, which holds the reader: both can be freed at once then."""
        self._owner = _Nobody()

    async def next(self) -> Event | None:
        """Take the next message; None when there will be no other.

        Cancelled, it loses nothing: a message that the queue holds stays there, and after the
        first cancellation of a connection all of its messages go through the queue.
        """
        if self.mode != FREE and not self.free_first():
            return await self._next_carefully()
        self.mode = ASKING
        try:
            event = await self.ask()
        except (Exception, anyio.get_cancelled_exc_class()) as error:
            self.explain(error)
            return None
        if self.mode == ASKING:
            # Of all events only a message has a payload, and of most the length says enough.
            payload = event.get("text")
            if payload is None:
                payload = event.get("bytes")
            if payload is not None and len(payload) <= self.small:
                self.mode = FREE
                self.streak = 0
                return event
        return await self.settle(event)

    def free_first(self) -> bool:
        """Consider all there is before the first receive of a connection, and say whether it can
        be a free one. Raises as `next()` does where nothing can be received."""
        if self._host is None or self._reading:
            return False
        self._owner.require_open()
        self._meet_first_reader(self._host)
        self._ease()
        return self.mode == FREE

    async def settle(self, event: Event) -> Event | None:
        """Give what `ask()` has given if it is a message, with all that there is to consider."""
        message: Event | None = None
        try:
            message = await self._judge(event)
        finally:
            message = self._come_back(message)
        return message

    def explain(self, error: BaseException) -> None:
        """See to what has come out of `ask()`: there is no message, or a cancellation goes on."""
        if isinstance(error, Exception):
            self._fail(error)
            self._come_back(None)
        elif not self._come_back_cancelled():
            raise error

    def read_for_good(self) -> None:
        """Have the pump read all that comes from now on."""
        self._steady = True
        self.start()

    def discard(self) -> None:
        """Drop what is queued and all that comes from now on, and have the pump read it."""
        if self._reading or self.mode == ASKING:
            raise anyio.BusyResourceError("receiving from")
        self.consider()
        self._discarding = True
        self._queue.clear()
        self._wake_pump()
        self.read_for_good()

    def want(self) -> None:
        """Have somebody read, whether a task waits or not, until as many `unwant()` calls."""
        self._wanted += 1
        self.start()

    def unwant(self) -> None:
        """Take back one `want()`."""
        self._wanted -= 1

    def end_streak(self) -> bool:
        """Note that `streak_limit` is reached: a responder that sends and sends may not see that
        its client has left. Say whether that is seen to now; if not, others need a turn to run."""
        if not self._pumping:
            self.start()
            if self._pumping:
                self.streak = 0
                return True
        self.streak_limit = _STREAK
        return False

    def start(self) -> None:
        """Begin to read ahead, unless somebody reads already or reading ahead is turned off."""
        if self.reads_ahead:
            self._start()

    async def look(self) -> None:
        """Give the server a few turns to tell of a departure that it knows of already."""
        self._start()
        turns, known = 0, len(self._queue)
        while turns < _TURNS_TO_LOOK and self._pumping and not self._over:
            await checkpoint()
            # A departure may be behind messages.
            turns = turns + 1 if len(self._queue) == known else 0
            known = len(self._queue)

    def note_leaving(self) -> anyio.Event:
        """Give an event that is set when the task that waits directly has come back."""
        self.consider()
        self._left = anyio.Event()
        return self._left

    @property
    def _is_wanted(self) -> bool:
        return self._steady or self._wanted > 0

    def consider(self) -> None:
        """Have the next message taken carefully, and also the one that a task waits for."""
        if self.mode == ASKING:
            self._reading = True
        self.mode = _CAREFUL

    def _come_back(self, event: Event | None) -> Event | None:
        """Give what the task that waited for a message has got, now that it is back."""
        self.mode = _CAREFUL
        self._reading = False
        self.streak = 0
        if not self._pumping:
            self.streak_limit = self._patience
        if self._is_wanted:
            self.start()
        if self._left is not None:
            self._left.set()
        self._ease()
        # A message may have crossed a close of ours: it is dropped like those in the queue.
        return None if self._owner.is_closed else event

    def _come_back_cancelled(self) -> bool:
        """Note that the task was cancelled; say whether only the end of its wait was meant."""
        self._steady = True
        self._come_back(None)
        return self.evicting

    def _ease(self) -> None:
        """Have the next message taken freely, if there is nothing to consider."""
        careful = (
            self._reading
            or self._pumping
            or self._is_wanted
            or self._over
            or self._discarding
            or self._intake.counts
            or self._host is not None
            or self._queue
        )
        self.mode = _CAREFUL if careful else FREE

    def _start(self) -> None:
        if self._pumping or self._over:
            return
        self.consider()
        if not self._reading:
            self._pumping = self._owner.spawn(self._pump, name="anyws: receive pump")
            self.streak_limit = _STREAK

    async def _next_carefully(self) -> Event | None:
        self._owner.require_open()
        if self._reading or self.mode == ASKING:
            raise anyio.BusyResourceError("receiving from")
        if self._discarding:
            raise OperationNotAllowed(_DISCARDED)
        self._reading = True
        try:
            event = await self._take_from_queue() if self._queue or self._pumping else None
            if event is None:
                event = await self._take()
        except anyio.get_cancelled_exc_class() as cancellation:
            self.explain(cancellation)
            return None
        return self._come_back(event)

    def _meet_first_reader(self, host: int) -> None:
        """Let only the responder's own task read by itself: a wait of any other has to end when
        the connection does. Asking for the task costs more than a message, so it is asked once."""
        if host != _RUNNING and anyio.get_current_task().id != host:
            self.read_for_good()
        self._host = None

    async def _pump(self) -> None:
        try:
            while (event := await self._take()) is not None and self._keep(event):
                if self._discarding:
                    # A server that has many messages at hand may never wait.
                    await checkpoint()
                while len(self._queue) > self._size:
                    self._room = anyio.Event()
                    await self._room.wait()
        finally:
            # Cancelled with its group, it leaves a task in a shield to read by itself.
            self._pumping = False
            self._room = None
            self.streak_limit = self._patience
            self._wake_reader()
            self._ease()

    def _keep(self, event: Event) -> bool:
        """Queue a message that was read ahead; say whether to read on."""
        if self._discarding:
            return True
        self._queue.append(event)
        awaited = self._arrival is not None
        self._wake_reader()
        if not self._size or (awaited and not self._is_wanted):
            # A task waited for the message, so nobody is away. Each such false alarm makes the
            # next one less likely. Where there is no queue, a look was all of it.
            self._patience = min(2 * self._patience, _MOST_PATIENCE)
            return False
        return True

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
        event = self._queue.pop(0)
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
            event = await (self.ask() if self._pumping or not self._steady else self._ask_alone())
        except Exception as error:
            self._fail(error)
            return None
        return None if event is None else await self._judge(event)

    async def _ask_alone(self) -> Event | None:
        """Ask the server where the pump was to do so and can't: `stop()` ends the wait, for a
        server that does not report our own close would not."""
        event: Event | None = None
        try:
            with anyio.CancelScope() as self._wait:
                event = await self.ask()
        finally:
            self._wait = None
        return event

    async def _judge(self, event: Event) -> Event | None:
        """Give an event if it is a message; see to what it says if it is not."""
        kind = event.get("type")
        if kind == WEBSOCKET_RECEIVE:
            if self._over:
                return None
            self.taken += 1
            breach = self._intake.check(event)
            if breach is None:
                return event
            self._cut()
            await self._owner.break_off(breach)
        elif kind == WEBSOCKET_DISCONNECT:
            code = event.get("code")
            reason = event.get("reason") or None
            self._finish(End(NORMAL_CLOSURE if code is None else code, reason))
        else:
            self._cut()
            await self._owner.refuse(kind)
        return None

    def _cut(self) -> None:
        """Take no more from the server, and drop what is queued."""
        self.consider()
        self._over = True
        self._queue.clear()

    def _fail(self, error: Exception) -> None:
        """The server's `receive()` has failed: there will be no other message."""
        if not self._over:
            _logger.error(
                "the server's receive() failed: the WebSocket counts as lost", exc_info=error
            )
        self._finish(End(ABNORMAL_CLOSURE, cause=error))

    def _finish(self, end: End) -> None:
        # Servers block or fail in a receive() after the disconnect, so there won't be one.
        self.consider()
        self._over = True
        self._owner.depart(end)
