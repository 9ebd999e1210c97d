"""The lifespan of an application: its startup, and its shutdown."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

import anyio

from anyws._asgi import events as names
from anyws.testing import events, protocol
from anyws.testing.events import IllegalEvent
from anyws.testing.patience import LAST_WORDS
from anyws.testing.protocol import LifespanPhase
from anyws.testing.running import AppTask

if TYPE_CHECKING:
    from anyws._asgi.types import ASGIApp, Event

_NEVER_SERVED: Final = (LifespanPhase.UNREAD, LifespanPhase.STARTING)

_log = logging.getLogger("anyws.testing")


class Lifespan:
    """The server's end of the lifespan protocol.

    `start()` and `stop()` give back what went wrong instead of raising it: they are called inside
    the task group that `task` runs in, which would wrap it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.state: dict[str, object] = {}
        """What the application has put there for the scopes of its connections."""
        asgi = {"version": "3.0", "spec_version": "2.0"}
        self.task: AppTask = AppTask(
            app, {"type": "lifespan", "asgi": asgi, "state": self.state}, self
        )
        self._phase = LifespanPhase.UNREAD
        self._started = anyio.Event()
        self._stopping = anyio.Event()
        self._ended = anyio.Event()
        self._complaint: str | None = None
        self._violation: IllegalEvent | None = None
        self._failure: Exception | None = None

    async def start(self) -> Exception | None:
        """Wait until the application has started, or turns out not to know of lifespans.

        It may raise or return instead of answering: servers go on without it, and so does this.
        """
        await self._started.wait()
        refusal = self._refusal()
        if refusal is not None:
            await self._last_words()
            return self._refusal()
        if self._phase in _NEVER_SERVED:
            _log.info("the application has no lifespan", exc_info=self._failure)
        return None

    async def stop(self) -> Exception | None:
        """Ask the application to shut down, and wait until it has."""
        self._stopping.set()
        await self._ended.wait()
        await self._last_words()
        refusal = self._refusal()
        if refusal is None and self._phase not in _NEVER_SERVED:
            return self._failure
        return refusal

    async def receive(self) -> Event:
        """Give the application its next event: startup, and shutdown when that is due."""
        match self._phase:
            case LifespanPhase.UNREAD:
                self._phase = LifespanPhase.STARTING
                return {"type": names.LIFESPAN_STARTUP}
            case LifespanPhase.SERVING:
                await self._stopping.wait()
                self._phase = LifespanPhase.STOPPING
                return {"type": names.LIFESPAN_SHUTDOWN}
            case _:
                raise self._violated(
                    IllegalEvent(f"the application called receive() {self._phase.value}")
                )

    async def send(self, event: Event) -> None:
        """Take an answer of the application; never waits."""
        try:
            said = events.parse(events.LIFESPAN_EVENTS, event)
            self._phase = protocol.step(protocol.LIFESPAN, self._phase, said, event)
        except IllegalEvent as illegal:
            raise self._violated(illegal) from None
        if isinstance(said, (events.StartupFailed, events.ShutdownFailed)):
            self._complaint = said.message
        self._started.set()
        if self._phase is LifespanPhase.ENDED:
            self._ended.set()

    def finish(self, failure: Exception | None, *, cancelled: bool) -> None:
        """Take note that the application has returned, raised `failure` or been cancelled."""
        self._failure = failure
        self._started.set()
        self._ended.set()

    def _refusal(self) -> Exception | None:
        """What the application did wrong, or said that went wrong."""
        if self._violation is not None:
            return self._violation
        if self._complaint is None:
            return None
        error = RuntimeError(self._complaint)
        error.__cause__ = self._failure
        return error

    async def _last_words(self) -> None:
        # After a violation it may wait for something that never comes.
        grace = LAST_WORDS if self._violation is None else 0
        with anyio.move_on_after(grace):
            await self.task.finished.wait()
        self.task.cancel()

    def _violated(self, illegal: IllegalEvent) -> IllegalEvent:
        if self._violation is None:
            self._violation = illegal
        self._started.set()
        self._ended.set()
        return illegal
