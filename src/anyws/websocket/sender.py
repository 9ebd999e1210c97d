"""The sending side of a connection: one event at a time, in call order, whole or not at all."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import anyio
from anyio.lowlevel import checkpoint_if_cancelled

from anyws._concurrency import DONE, LateShield, first_trap, noting_wait

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from types import TracebackType

    from anyws._asgi.types import Event, Send


_STUCK: Final = "the server has not taken the event in time"


class Habits:
    """What the connections that an application has had tell of its server."""

    __slots__ = ("accept_waits",)

    def __init__(self) -> None:
        self.accept_waits: bool = True
        """Whether an accept has to wait, as far as is known."""


class Sender:
    """Gives events to the server.

    Whoever sends takes the turn, delivers, and passes the turn on. The turn is a flag as long as
    nobody waits for it.

    A server whose `send()` waits could be cancelled in the middle of it, with half of the work
    done; there each message is shielded. A server whose `send()` never waits can't be, and a
    shield would cost more than the rest of the send. Which kind a server is of shows at the
    first message; one that waits later is of the first kind from then on. For the accept it shows
    at that of an earlier connection. A server may also say that it is whole by itself: then
    messages need no shield, and only a look whether the caller is cancelled already.
    """

    __slots__ = (
        "_busy",
        "_guard",
        "_guarding",
        "_habits",
        "_oversee",
        "_probation",
        "_send",
        "_waiting",
        "_whole",
    )

    def __init__(
        self, send: Send, oversee: Callable[[], None], habits: Habits, *, whole: bool
    ) -> None:
        """`oversee` is called as a message begins to wait: it sees to a deadline. `whole` says
        that a send of the server's which is cancelled is whole all the same."""
        self._send = send
        self._habits = habits
        self._oversee = oversee
        self._busy = False
        self._waiting: list[anyio.Event] = []
        self._guard: anyio.CancelScope | LateShield | _Trust | None = None
        self._guarding = True
        self._probation = True
        self._whole = whole

    @property
    def under_way(self) -> object | None:
        """What stands for the delivery that the server has not taken yet, if there is one."""
        return self._guard

    @property
    def is_free(self) -> bool:
        """Whether the turn can be taken at once."""
        return not self._busy

    @property
    def is_plain(self) -> bool:
        """Whether a message needs neither a turn nor a shield."""
        return not self._busy and not self._guarding

    async def take_turn(self) -> None:
        """Wait until every send that was called earlier is through.

        Cancelled, or called in a cancelled scope of a server whose sends wait: the turn is not
        taken, and nothing of the caller's goes out.
        """
        if self._guarding:
            await checkpoint_if_cancelled()
        if self._busy:
            await self._wait_turn()
        else:
            self._busy = True

    def pass_turn(self) -> None:
        """Let the next one send: the turn is handed over, so that nobody can overtake."""
        if self._waiting:
            self._waiting.pop(0).set()
        else:
            self._busy = False

    async def deliver_message(self, event: Event) -> None:
        """Give a message to the server, in the turn of the caller.

        It is shielded only where that is needed, and has no deadline but that of `oversee`.
        Raises `TimeoutError` when the sending is abandoned. What the server raises comes as it is.
        """
        if not self._guarding:
            steps = self._send(event).__await__()
            trap = first_trap(steps)
            if trap is not DONE:
                await self.see_through(steps, trap)
            return
        if self._probation:
            with self._make_guard():
                await noting_wait(self._send(event), self._note_wait)
            if self._probation:
                self._guarding = self._probation = False
        elif self._whole:
            self._guard = _Trust()
            self._oversee()
            try:
                await self._send(event)
            finally:
                self._guard = None
        else:
            with self._make_guard():
                self._oversee()
                await self._send(event)

    async def see_through(self, steps: Generator[Any, Any, object], trap: object) -> None:
        """Wait until the server has taken a message that it has begun to let wait.

        It is too late for a scope around the whole delivery, and the frame may be made and not
        written: a server of asyncio may have had to wait for its own lock in between. The next
        message is shielded from the start.
        """
        self._busy = True
        self._note_wait()
        await self._see_through(steps, trap)

    async def deliver_accept(self, event: Event) -> None:
        """Give the accept to the server, shielded where that is needed: see `deliver_message()`."""
        if not self._habits.accept_waits:
            steps = self._send(event).__await__()
            trap = first_trap(steps)
            if trap is not DONE:
                self._note_wait_of_accept()
                await self._see_through(steps, trap)
            return
        self._habits.accept_waits = False
        with self._make_guard():
            await noting_wait(self._send(event), self._note_wait_of_accept)

    async def deliver(self, *events: Event, seconds: float) -> None:
        """Give the last events to the server, all of them in one shield, and for so many seconds
        at most: see `deliver_message()`."""
        with _Guard(self, anyio.current_time() + seconds):
            for event in events:
                await self._send(event)

    def hurry(self, seconds: float) -> None:
        """Give the delivery that is under way, if there is one, no more than these seconds."""
        if self._guard is not None:
            self._guard.deadline = min(self._guard.deadline, anyio.current_time() + seconds)

    def abandon(self) -> None:
        """Cancel the delivery that is under way, if there is one and if it can be cancelled."""
        if self._guard is not None:
            self._guard.cancel()

    async def _see_through(self, steps: Generator[Any, Any, object], trap: object) -> None:
        self._guard = shield = LateShield()
        try:
            await shield.run(steps, trap)
        except anyio.get_cancelled_exc_class():
            if shield.cancelled_caught:
                raise TimeoutError(_STUCK) from None
            raise
        finally:
            self._guard = None

    async def _wait_turn(self) -> None:
        turn = anyio.Event()
        self._waiting.append(turn)
        try:
            await turn.wait()
        except anyio.get_cancelled_exc_class():
            if turn.is_set():
                self.pass_turn()
            else:
                self._waiting.remove(turn)
            raise

    def _make_guard(self) -> _Guard:
        return _Guard(self, math.inf)

    def _note_wait_of_accept(self) -> None:
        self._habits.accept_waits = True
        self._oversee()

    def _note_wait(self) -> None:
        self._guarding = True
        self._probation = False
        self._oversee()


class _Trust:
    """In the place of a shield: it stands for a delivery that nobody can end but the server."""

    deadline: float = math.inf

    def cancel(self) -> None:
        """Leave it to the server."""


class _Guard:
    """The shield of one delivery."""

    __slots__ = ("_scope", "_sender")

    def __init__(self, sender: Sender, deadline: float) -> None:
        self._sender = sender
        self._scope = anyio.CancelScope(shield=True, deadline=deadline)

    def __enter__(self) -> None:
        self._scope.__enter__()
        self._sender._guard = self._scope

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._sender._guard = None
        # Trio's scopes give True as well where there was no error.
        if self._scope.__exit__(kind, error, traceback) and error is not None:
            raise TimeoutError(_STUCK) from None
