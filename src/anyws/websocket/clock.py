"""The coarse clock: it notices waits that last too long, for many connections at once.

A timer for each message would cost more than the message. So nobody sets one: the clock looks at
what is going on a few times in each period that something may take, and remembers since when it
has seen the same thing going on.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import anyio

# A wait that may take t seconds is looked at every t / 10, and at least so often. It strikes
# within two of these after its time: one until it is seen to begin, and one until it is over.
_LOOKS: Final = 10
_LONGEST_PAUSE: Final = 0.45


class Wait:
    """Something that may go on for so many seconds, and what is done when it goes on for longer.

    `mark()` tells what is going on: as long as it gives equal values, the same thing is. None is
    nothing, and the clock forgets the wait until it is watched again. `orphan()` gets the wait
    when the clock ends meanwhile.
    """

    __slots__ = ("_mark", "_orphan", "_seen", "_since", "_strike", "seconds", "watched")

    def __init__(
        self,
        seconds: float,
        mark: Callable[[], object | None],
        strike: Callable[[], None],
        orphan: Callable[[Wait], None],
    ) -> None:
        self.seconds: float = seconds
        self.watched: bool = False
        self._mark = mark
        self._strike = strike
        self._orphan = orphan
        self._seen: object | None = None
        self._since = 0.0

    def look(self, now: float) -> bool:
        """See what is going on, and strike if it has gone on for too long; say if it goes on."""
        seen = self._mark()
        if seen is not None and seen != self._seen:
            self._seen = seen
            self._since = now
        elif seen is None or now - self._since >= self.seconds:
            self.forget()
            if seen is not None:
                self._strike()
            return False
        return True

    def forget(self) -> None:
        """Watch it no longer."""
        self.watched = False
        self._seen = None

    def leave_alone(self) -> None:
        """There is no clock to watch it any more."""
        self.forget()
        self._orphan(self)


class Clock:
    """Watches waits while its task runs; it sleeps as long as there is nothing to watch."""

    __slots__ = ("_pause", "_scope", "_waits", "_woken", "stopped")

    def __init__(self) -> None:
        self._waits: dict[Wait, None] = {}
        self._pause = _LONGEST_PAUSE
        self._woken = anyio.Event()
        self._scope = anyio.CancelScope()
        self.stopped: bool = False

    def watch(self, wait: Wait) -> None:
        """Watch a wait, from the next look on."""
        if wait.watched:
            return
        wait.watched = True
        self._waits[wait] = None
        pause = wait.seconds / _LOOKS
        if pause < self._pause or len(self._waits) == 1:
            self._pause = min(pause, self._pause)
            self._woken.set()

    def dismiss(self, wait: Wait) -> None:
        """Watch a wait no longer, and let go of it."""
        self._waits.pop(wait, None)
        wait.forget()

    def stop(self) -> None:
        """End the clock's task. What is watched can be watched by another clock."""
        self._scope.cancel()

    async def run(self) -> None:
        """Look at the waits until `stop()`, or a cancellation."""
        try:
            with self._scope:
                while True:
                    await self._woken.wait()
                    while self._waits:
                        await self._rest()
                        self._look()
                    # The rest may have been cut short, for a wait that is over already.
                    self._woken = anyio.Event()
        finally:
            self.stopped = True
            waits, self._waits = self._waits, {}
            for wait in waits:
                wait.leave_alone()

    async def _rest(self) -> None:
        # A wait with a shorter time ends the pause.
        self._woken = anyio.Event()
        with anyio.move_on_after(self._pause):
            await self._woken.wait()

    def _look(self) -> None:
        now = anyio.current_time()
        waits, self._waits, self._pause = self._waits, {}, _LONGEST_PAUSE
        for wait in waits:
            if wait.watched and wait.look(now):
                self._waits[wait] = None
                self._pause = min(self._pause, wait.seconds / _LOOKS)
