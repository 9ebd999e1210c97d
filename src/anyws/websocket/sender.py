"""The sending side of a connection: one event at a time, in call order, whole or not at all."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final

import anyio
from anyio.lowlevel import checkpoint, checkpoint_if_cancelled

from anyws._concurrency import noting_wait, shielded

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from anyws._asgi.types import Event, Send


# Sends that went through at once, one after the other, until others get a turn to run.
_QUICK_SENDS: Final = 32


class Sender:
    """Gives events to the server.

    Whoever sends takes the turn, delivers, and passes the turn on. The turn is a flag as long as
    nobody waits for it.

    A server whose `send()` waits could be cancelled in the middle of it, with half of the work
    done; there each message is shielded. A server whose `send()` never waits can't be, and a
    shield would cost more than the rest of the send. Which kind a server is of shows at the
    first message; one that waits later is of the first kind from then on.
    """

    __slots__ = ("_busy", "_guard", "_guarding", "_probation", "_quick", "_send", "_waiting")

    def __init__(self, send: Send) -> None:
        self._send = send
        self._busy = False
        self._waiting: deque[anyio.Event] = deque()
        self._guard: anyio.CancelScope | None = None
        self._guarding = True
        self._probation = True
        self._quick = 0

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
        if self._quick >= _QUICK_SENDS:
            # Servers take events for a client that has left without waiting: a loop of sends
            # would never let anybody notice that.
            self._quick = 0
            await self._checkpoint_in_turn()

    def pass_turn(self) -> None:
        """Let the next one send: the turn is handed over, so that nobody can overtake."""
        if self._waiting:
            self._waiting.popleft().set()
        else:
            self._busy = False

    async def deliver_message(self, event: Event, seconds: float) -> None:
        """Give a message to the server: as `deliver()`, with a shield only where one is needed."""
        self._quick += 1
        if not self._guarding:
            await noting_wait(self._send(event), self._note_wait)
            return
        await self._shield(noting_wait(self._send(event), self._note_wait), seconds)
        if self._probation:
            self._guarding = self._probation = False

    async def deliver(self, event: Event, seconds: float) -> None:
        """Give one event to the server, in the turn of the caller.

        Raises `TimeoutError` if the server has not taken it after `seconds`, or when the sending
        is abandoned. What the server raises comes as it is.
        """
        await self._shield(self._send(event), seconds)

    def hurry(self, seconds: float) -> None:
        """Give the delivery that is under way, if there is one, no more than these seconds."""
        if self._guard is not None:
            self._guard.deadline = min(self._guard.deadline, anyio.current_time() + seconds)

    def abandon(self) -> None:
        """Cancel the delivery that is under way, if there is one and if it can be cancelled."""
        if self._guard is not None:
            self._guard.cancel()

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

    async def _checkpoint_in_turn(self) -> None:
        try:
            await checkpoint()
        except anyio.get_cancelled_exc_class():
            self.pass_turn()
            raise

    async def _shield(self, call: Awaitable[object], seconds: float) -> None:
        with shielded(seconds) as guard:
            self._guard = guard
            try:
                await call
            finally:
                self._guard = None
        if guard.cancelled_caught:
            raise TimeoutError("the server has not taken the event in time")

    def _note_wait(self) -> None:
        self._guarding = True
        self._probation = False
        self._quick = 0
