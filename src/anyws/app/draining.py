"""Who is inside an application, and how they are seen out: the drain."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final, Protocol

import anyio
from anyio.lowlevel import checkpoint

from anyws.app.drain_plan import Plan
from anyws.websocket.closing import GOING_AWAY
from anyws.websocket.state import End

if TYPE_CHECKING:
    from anyws.app.drain_plan import Terms
    from anyws.websocket.connection import Connection

_logger = logging.getLogger("anyws")

_GOING_AWAY: Final = End(GOING_AWAY)


class Guest(Protocol):
    """What a drain ends. Neither method waits."""

    def dismiss(self, goodbye: End, *, refuse: bool) -> None:
        """End in good order, as soon as may be."""

    def evict(self, goodbye: End, *, grace: float) -> None:
        """Be cancelled: there are `grace` seconds left, and with 0 none."""


class Draining:
    """The connections, streams and requests of an application, and the drain that ends them.

    There is one drain at a time, and no task of its own: each call of `drain()` does what is due,
    and sleeps until there is more. So one may be cancelled while others go on.
    """

    __slots__ = (
        "_calls",
        "_news",
        "_plan",
        "connections",
        "goodbye",
        "refuses",
        "requests",
        "streams",
    )

    def __init__(self) -> None:
        self.connections: set[Connection] = set()
        self.streams: set[Guest] = set()
        self.requests: int = 0
        """HTTP requests that are being answered, those with a stream among them."""
        self.goodbye: End | None = None
        """What clients are told, from the beginning of the first drain on."""
        self.refuses: bool = False
        """Whether handshakes are refused."""
        self._plan: Plan[Guest] | None = None
        self._calls = 0
        self._news: anyio.Event | None = None

    @property
    def farewell(self) -> End:
        """What a client is told whose connection is cancelled from outside."""
        return _GOING_AWAY if self.goodbye is None else self.goodbye

    @property
    def is_needed(self) -> bool:
        """Whether there are connections or streams to be seen out, or a drain has not ended."""
        return bool(self.connections or self.streams or self._calls)

    def reopen(self) -> None:
        """The application starts anew: let everybody in, unless a drain has come before that."""
        if not self._calls:
            self.goodbye = None
            self.refuses = False

    def enter(self, connection: Connection) -> None:
        """A connection is let in; while the application drains, to be closed."""
        self.connections.add(connection)
        if self.goodbye is not None:
            self._receive(connection)

    def leave(self, connection: Connection) -> None:
        """A connection has ended."""
        self.connections.discard(connection)
        if self.goodbye is not None:
            self.note_departure()

    def begin_stream(self, stream: Guest, *, lasts: bool) -> None:
        """A response is sent bit by bit. One that may last is ended like a connection even if it
        begins while the application drains; any other has time until what is left is cancelled."""
        self.streams.add(stream)
        if self.goodbye is not None and lasts:
            self._receive(stream)

    def end_stream(self, stream: Guest) -> None:
        """A response that was sent bit by bit has ended."""
        self.streams.discard(stream)

    def note_departure(self) -> None:
        """See whether the last one has left."""
        if not self.connections and not self.requests:
            self._wake()

    async def drain(self, terms: Terms, *, close_timeout: float) -> None:
        """See out all there is: see `App.drain()`."""
        self._begin(terms, close_timeout)
        self._calls += 1
        try:
            await checkpoint()
            while (until := self._work(anyio.current_time())) is not None:
                if self._news is None:
                    self._news = anyio.Event()
                with anyio.CancelScope(deadline=until):
                    await self._news.wait()
        finally:
            self._calls -= 1
            if not self._calls:
                self._plan = self._news = None

    def _begin(self, terms: Terms, close_timeout: float) -> None:
        now = anyio.current_time()
        self.refuses = self.refuses or terms.refuse
        if self._plan is None:
            self.goodbye = terms.goodbye
            guests: list[Guest] = [*self.connections, *self.streams]
            _logger.info(
                "draining: %d WebSockets, %d HTTP requests, %d of these with a stream",
                len(self.connections),
                self.requests,
                len(self.streams),
            )
            self._plan = Plan(guests, now=now, terms=terms, close_timeout=close_timeout)
        else:
            self._plan.hasten(now=now, terms=terms, close_timeout=close_timeout)
            self._wake()

    def _work(self, now: float) -> float | None:
        """Do what is due; tell when there will be more, None for never."""
        plan, goodbye = self._plan, self.goodbye
        assert plan is not None and goodbye is not None  # a drain has begun
        if not self.connections and not self.requests:
            return None
        for guest in plan.take_due(now):
            if guest in self.connections or guest in self.streams:
                guest.dismiss(goodbye, refuse=self.refuses)
        if plan.take_strike(now):
            self._strike(plan, goodbye, now)
        return plan.next_time(now) if now < plan.ends else None

    def _strike(self, plan: Plan[Guest], goodbye: End, now: float) -> None:
        """Cancel what is left: its time is up, or will be soon."""
        for guest in (*self.connections, *self.streams):
            guest.evict(goodbye, grace=max(plan.ends - now, 0.0))
        if now >= plan.ends:
            _logger.warning(
                "the drain has reached its deadline with %d WebSockets and %d HTTP requests left",
                len(self.connections),
                self.requests,
            )

    def _receive(self, guest: Guest) -> None:
        """Give a turn to a guest who has come while the application drains."""
        assert self.goodbye is not None  # only then
        if self._plan is None:
            guest.dismiss(self.goodbye, refuse=self.refuses)
        else:
            self._plan.add(guest, now=anyio.current_time())
            self._wake()

    def _wake(self) -> None:
        if self._news is not None:
            self._news.set()
            self._news = None
