"""The sending side of a connection: one event at a time, in call order, whole or not at all."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import anyio
from anyio.lowlevel import checkpoint_if_cancelled

from anyws._concurrency import DONE, LateShield, first_trap, noting_wait

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Generator

    from anyws._asgi.scope import Look
    from anyws._asgi.types import Event, Send


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
    messages need no shield from the first one on, and only a look whether the caller is cancelled
    already.
    """

    __slots__ = (
        "_habits",
        "_oversee",
        "_probation",
        "_send",
        "_shield",
        "_vouched",
        "_waiting",
        "_whole",
        "busy",
        "guarding",
        "look",
        "make_scope",
    )

    def __init__(
        self, send: Send, oversee: Callable[[], None], habits: Habits, look: Look | None
    ) -> None:
        """`oversee` is called as a message begins to wait: it sees to a deadline. `look` comes
        from a server whose sends are whole though they be cancelled, and looks for that."""
        self._send = send
        self._habits = habits
        self._oversee = oversee
        self.busy: bool = False
        """Whether somebody has the turn."""
        self._waiting: list[anyio.Event] = []
        self._vouched: object | None = None
        self._shield: anyio.CancelScope | LateShield | None = None
        self.make_scope: type[anyio.CancelScope] = anyio.CancelScope
        """Makes shields: AnyIO's class, or that of the event loop, for which AnyIO's would look."""
        self._whole = look is not None
        self._probation = not self._whole
        self.look: Look = look or checkpoint_if_cancelled
        """What is awaited before the turn is taken, where it guards: cancelled, it raises."""
        self.guarding: bool = True
        """Whether the server's sends wait, as far as is known."""

    @property
    def under_way(self) -> object | None:
        """What stands for the delivery of the turn, if there is one."""
        return self._shield if self._vouched is None else self._vouched

    async def take_turn(self) -> None:
        """Wait until every send that was called earlier is through.

        Cancelled, or called in a cancelled scope of a server whose sends wait: the turn is not
        taken, and nothing of the caller's goes out.
        """
        if self.guarding:
            await self.look()
        if self.busy:
            await self.wait_turn()
        else:
            self.busy = True

    async def wait_turn(self) -> None:
        """Wait for the turn where another has it: see `take_turn()`."""
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

    def pass_turn(self) -> None:
        """Let the next one send: the turn is handed over, so that nobody can overtake."""
        self._shield = self._vouched = None
        if self._waiting:
            self._waiting.pop(0).set()
        else:
            self.busy = False

    def deliver_message(self, event: Event) -> Awaitable[object]:
        """Give what is awaited to give a message to the server, in the turn of the caller.

        It is shielded only where that is needed, and has no deadline but that of `oversee`.
        Raises `TimeoutError` when the sending is abandoned. What the server raises comes as it is.
        """
        if self._whole:
            # No coroutine of ours waits in between: it would be one more to go through.
            self._vouched = object()
            self._oversee()
            return self._send(event)
        return self._deliver_shielded(event) if self.guarding else self._deliver_plainly(event)

    async def see_through(self, steps: Generator[Any, Any, object], trap: object) -> None:
        """Wait until the server has taken a message that it has begun to let wait.

        It is too late for a scope around the whole delivery, and the frame may be made and not
        written: a server of asyncio may have had to wait for its own lock in between. The next
        message is shielded from the start.
        """
        self.busy = True
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
        with self._guard() as shield:
            await noting_wait(self._send(event), self._note_wait_of_accept)
        _require_taken(shield)

    async def deliver(self, *events: Event, seconds: float) -> None:
        """Give the last events to the server, all of them in one shield, and for so many seconds
        at most: see `deliver_message()`."""
        with self._guard() as shield:
            for event in events:
                # A deadline is half of what a shield costs, and most goodbyes never wait.
                await noting_wait(self._send(event), partial(self.hurry, seconds))
        _require_taken(shield)

    def hurry(self, seconds: float) -> None:
        """Give the delivery that is under way, if there is one, no more than these seconds."""
        if self._shield is not None:
            self._shield.deadline = min(self._shield.deadline, anyio.current_time() + seconds)

    def abandon(self) -> None:
        """Cancel the delivery that is under way, if there is one and if it can be cancelled."""
        if self._shield is not None:
            self._shield.cancel()

    async def _deliver_plainly(self, event: Event) -> None:
        steps = self._send(event).__await__()
        trap = first_trap(steps)
        if trap is not DONE:
            await self.see_through(steps, trap)

    async def _deliver_shielded(self, event: Event) -> None:
        with self._guard() as shield:
            if self._probation:
                await noting_wait(self._send(event), self._note_wait)
            else:
                self._oversee()
                await self._send(event)
        _require_taken(shield)
        if self._probation:
            self.guarding = self._probation = False

    async def _see_through(self, steps: Generator[Any, Any, object], trap: object) -> None:
        self._shield = shield = LateShield()
        try:
            await shield.run(steps, trap)
        except anyio.get_cancelled_exc_class():
            _require_taken(shield)
            raise

    def _guard(self) -> anyio.CancelScope:
        """Give the shield of a delivery, to be opened at once."""
        self._shield = shield = self.make_scope(shield=True)
        return shield

    def _note_wait_of_accept(self) -> None:
        self._habits.accept_waits = True
        self._oversee()

    def _note_wait(self) -> None:
        self.guarding = True
        self._probation = False
        self._oversee()


def _require_taken(shield: anyio.CancelScope | LateShield) -> None:
    """Raise if the delivery in this shield was cancelled: it was hurried, or abandoned."""
    if shield.cancelled_caught:
        raise TimeoutError("the server has not taken the event in time") from None
