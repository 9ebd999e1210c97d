"""How long Hypercorn's connections may wait for something to do."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from copy import copy
from typing import TypeVar, cast

from anyio import Event
from hypercorn.events import Event as TransportEvent
from hypercorn.events import Updated
from hypercorn.typing import Event as WorkerEvent
from hypercorn.typing import WorkerContext

from anyws.cli.live import Live

ContextT = TypeVar("ContextT", bound=WorkerContext)


class Reception:
    """What the connections of one server have in common until they end.

    Hypercorn closes connections that wait for a request as soon as it stops to listen, and serves
    none on the others from then on. Here both come when `over` is set.
    """

    def __init__(self, *, on_limit: Callable[[], None]) -> None:
        """`on_limit` is called when the server has served as many requests as it is set to."""
        self.over: Event = Event()
        self.cut: Event = Event()
        """Set when time is up for connections of any kind."""
        self.waiting: Live = Live()
        """The connections that wait for a request, each no longer than Hypercorn lets it."""
        self.send_timeout: float | None = None
        """The seconds that a write may be stuck; None is no limit."""
        self._on_limit = on_limit
        self._context: WorkerContext | None = None

    def context_of(self, context: ContextT) -> ContextT:
        """Give the worker's context with ends of our own. The connections share it: it counts."""
        if self._context is None:
            self._context = copy(context)
            self._context.terminated = cast("WorkerEvent", _Signal(self.over))
            self._context.terminate = cast("WorkerEvent", _Signal(Event(), self._on_limit))
        return cast("ContextT", self._context)


class Wait(ExitStack):
    """Whether one connection waits for a request. Leaving it ends that."""

    def __init__(self, reception: Reception) -> None:
        super().__init__()
        self._reception = reception
        self._begin()

    def note(self, event: TransportEvent) -> None:
        """Learn from what Hypercorn's protocols tell the connection."""
        if isinstance(event, Updated):
            self.close()
            if event.idle:
                self._begin()

    def _begin(self) -> None:
        self.enter_context(self._reception.waiting.hold(_nothing))


def _nothing() -> None:
    """End nothing: Hypercorn does that, when its time has come or the reception is over."""


class _Signal:
    """An event in Hypercorn's form."""

    def __init__(self, event: Event, on_set: Callable[[], None] | None = None) -> None:
        self._event = event
        self._on_set = on_set

    def is_set(self) -> bool:
        return self._event.is_set()

    async def wait(self) -> None:
        await self._event.wait()

    async def set(self) -> None:
        self._event.set()
        if self._on_set is not None:
            self._on_set()

    async def clear(self) -> None:
        """Do nothing: an end is for good."""
