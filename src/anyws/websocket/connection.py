"""One WebSocket connection to the server: its state, its end, and who is told of it.

The public `WebSocket` and the session are two doors onto it. Whatever is decided without waiting
is decided here in plain methods; the coroutines look at the state again after each wait.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NoReturn

import anyio

from anyws._concurrency import shielded
from anyws.errors.usage import OperationNotAllowed
from anyws.errors.websocket import WebSocketDisconnected
from anyws.websocket.audience import Audience
from anyws.websocket.closing import ABNORMAL_CLOSURE, INTERNAL_ERROR, TRY_AGAIN_LATER
from anyws.websocket.deadlines import Deadlines
from anyws.websocket.denial import UNAVAILABLE
from anyws.websocket.dismissal import Dismissal
from anyws.websocket.intake import Intake
from anyws.websocket.outgoing import Outgoing
from anyws.websocket.reader import Reader
from anyws.websocket.state import Act, End, State, step

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from anyio.abc import TaskGroup

    from anyws._asgi.scope import WebSocketFeatures
    from anyws._asgi.types import Receive, Send
    from anyws.websocket.clock import Clock
    from anyws.websocket.intake import Breach
    from anyws.websocket.options import WebSocketOptions
    from anyws.websocket.sender import Habits

_logger = logging.getLogger("anyws")


class Connection:
    """The connection between the application and one client, as the server gives it."""

    __slots__ = (
        "_audience",
        "_evicted",
        "_group",
        "_looks_alone",
        "_responding",
        "_waited",
        "deadlines",
        "departure",
        "dismissal",
        "end",
        "features",
        "has_tasks",
        "options",
        "outgoing",
        "over",
        "path",
        "reader",
        "state",
    )

    def __init__(
        self,
        path: str,
        receive: Receive,
        send: Send,
        *,
        features: WebSocketFeatures,
        options: WebSocketOptions,
        clock: Clock | None,
        habits: Habits,
    ) -> None:
        self.path: str = path
        self.features: WebSocketFeatures = features
        self.options: WebSocketOptions = options
        self.state: State = State.CONNECTING
        self.end: End | None = None
        self.departure: End | None = None
        self.dismissal: Dismissal | None = None
        self.over: bool = False
        self.has_tasks: bool = False
        self.deadlines: Deadlines = Deadlines(self, options, clock)
        self.reader: Reader = Reader(
            receive, options.max_receive_queue, Intake.under(options), self
        )
        self.outgoing: Outgoing = Outgoing(self, send, habits)
        self._audience = Audience()
        self._evicted = False
        self._group: TaskGroup | None = None
        self._looks_alone = False
        self._responding = False
        self._waited = False

    @property
    def closed(self) -> bool:
        """Closed by us, or the client is known to have left."""
        return self.end is not None

    @property
    def group(self) -> TaskGroup:
        """The connection's task group, from the handshake until the responder ends."""
        if self._group is None or not self._responding:
            raise RuntimeError(
                "the connection's task group has ended with its responder: tasks that outlive a "
                "connection belong in app.task_group"
            )
        self.has_tasks = True
        return self._group

    @property
    def is_closed(self) -> bool:
        """Whether our close is out."""
        return self.state is State.CLOSED

    def enter(self, group: TaskGroup) -> None:
        """Everything of the connection happens in this group from now on."""
        self._group = group
        self._responding = True
        self.outgoing.sender.make_scope = type(group.cancel_scope)
        self.deadlines.enter()
        self.reader.enter()
        if not self.features.reports_own_close:
            self.reader.read_for_good()
        self._watch_over_responder()

    def apply(self, options: WebSocketOptions) -> None:
        """Go by the options of the resource that was found."""
        self.options = options
        self.reader.hold_to(Intake.under(options))
        self.deadlines.apply(options)
        if self.state is State.OPEN:
            self.deadlines.open()
        self._watch_over_responder()

    def leave(self) -> None:
        """The responder has ended, or its error handler: the group takes no more tasks."""
        self._group = None
        self._responding = False
        self.reader.leave()
        # The group waits for its tasks, and a shielded send is one thing that they may be in.
        self.outgoing.sender.hurry(self.options.close_timeout)

    def spawn(
        self, function: Callable[..., Coroutine[Any, Any, object]], *arguments: object, name: str
    ) -> bool:
        """Start a task in the connection's group; False where that has ended."""
        if self._group is None:
            return False
        self.has_tasks = True
        self._group.start_soon(function, *arguments, name=name)
        return True

    def lend(self, group: TaskGroup) -> None:
        """Start the connection's own tasks in this group, for what comes after the responder."""
        self._group = group
        # A clock of the connection's own has ended with the responder's group.
        if self.state is State.CONNECTING:
            self.deadlines.enter()
        elif self.state is State.OPEN:
            self.deadlines.open()

    def note_wait(self) -> None:
        """The application waited for something, so the client had time to leave."""
        self._waited = True
        self.reader.note_wait()

    def require(self, act: Act) -> None:
        """Raise unless the act is possible now."""
        if self.end is None:
            step(self.state, act)
        elif act is Act.SEND or self.state is not State.OPEN:
            raise self.gone()

    def require_reader(self, purpose: str) -> None:
        """Raise unless a departure can be noticed while nobody receives."""
        if not self.reader.reads_ahead:
            raise OperationNotAllowed(
                f"{purpose} needs ws_options.max_receive_queue of 1 or more: with 0 nobody reads "
                "while the responder is away"
            )

    def gone(self) -> WebSocketDisconnected:
        """Make the exception for an operation on a connection that has ended."""
        assert self.end is not None  # only called then
        error = WebSocketDisconnected(self.end.code, self.end.reason)
        error._connection = self
        error.__cause__ = self.end.cause
        return error

    def eviction(self) -> WebSocketDisconnected | None:
        """Make the exception of a responder that was cancelled because its connection is over."""
        return self.gone() if self._evicted else None

    def is_own(self, error: BaseException) -> bool:
        """Tell whether an exception says that this very connection has ended."""
        return isinstance(error, WebSocketDisconnected) and error._connection is self

    async def look_before_accept(self) -> None:
        """See whether the client has left, if it had the time to."""
        if self._waited and self.reader.reads_ahead:
            await self.look()

    async def look(self) -> None:
        """Give the server a few turns to tell of a departure that it knows of already."""
        if self._group is not None:
            await self.reader.look()
            return
        # The responder's group has ended: what looks has one of its own, for as long.
        async with anyio.create_task_group() as group:
            self._group = group
            self._looks_alone = True
            try:
                await self.reader.look()
            finally:
                self._group = None
                self._looks_alone = False
                self.reader.leave()
                group.cancel_scope.cancel()

    def require_open(self) -> None:
        """Raise unless messages can be received."""
        if self.state is not State.OPEN:
            self.require(Act.RECEIVE)

    async def raise_end(self) -> NoReturn:
        """Raise that there are no more messages."""
        # Where the client broke a limit, the close may still be on its way.
        await self._audience.wait(self)
        raise self.gone()

    def discard_incoming(self) -> None:
        """Throw away what the client sends, and watch for its departure alone."""
        self.require(Act.RECEIVE)
        self.reader.discard()

    def depart(self, end: End) -> None:
        """The client has left, or the connection is lost; or the server confirms our own close."""
        self.departure = end
        if self.end is None:
            self.end = end
            self.outgoing.plain = False
            self._audience.announce()
            if self.options.cancel_on_disconnect:
                self.cancel_responder()

    def lose(self, words: str) -> None:
        """Count the connection as lost, and cancel its responder."""
        if self.end is None:
            _logger.info("the WebSocket %s is lost: %s", self.path, words)
            self.depart(End(ABNORMAL_CLOSURE))
            self.over = True
            self.reader.stop()
            self.cancel_responder()
        self.outgoing.sender.abandon()

    async def refuse(self, kind: object) -> None:
        """Close the connection of a server that sent an event which has no place here."""
        _logger.error(
            "the server sent an event of type %r in the middle of the WebSocket %s; closing it",
            kind,
            self.path,
        )
        await self.close_for_good(End(INTERNAL_ERROR))

    async def break_off(self, breach: Breach) -> None:
        """Close the connection of a client that broke a limit."""
        if self.end is None:
            _logger.info("closing the WebSocket %s with %d: %s", self.path, *breach)
        # A close of ours that is on its way may still fail.
        await self.close_for_good(End(breach.code))

    async def refuse_handshake(self) -> None:
        """Refuse a handshake that takes too long, and cancel the responder."""
        # An answer may have been given since the clock has struck.
        if self.state is State.CONNECTING and self.end is None:
            await self.close_for_good(End(TRY_AGAIN_LATER))
            self.cancel_responder()

    async def turn_away(self, instead: End) -> None:
        """Refuse the handshake for now: with a 503, or where there are no responses so."""
        if self.features.denial_responses:
            await self.outgoing.deny(
                UNAVAILABLE.status, list(UNAVAILABLE.headers), UNAVAILABLE.body
            )
        else:
            await self.outgoing.close(instead.code, instead.reason)

    async def close_for_good(self, end: End) -> None:
        """Close the connection, and count it as ended if the client takes no goodbye."""
        # Who looks alone waits for the task that calls this, and may have the turn.
        if not (self.outgoing.sender.busy and self._looks_alone):
            with shielded(self.options.close_timeout), suppress(Exception):
                await self.outgoing.finish(end.code, end.reason)
        self.outgoing.give_up(end)

    def cancel_responder(self) -> None:
        """Cancel the responder because its connection is over, or its error handler."""
        if self._group is not None:
            self._evicted = True
            self._group.cancel_scope.cancel()

    def see_out(self) -> Dismissal:
        """Give what sees the connection out when the application drains."""
        if self.dismissal is None:
            self.dismissal = Dismissal(self)
        return self.dismissal

    def dismiss(self, goodbye: End, *, refuse: bool) -> None:
        """Close the connection in good order: see `Dismissal.ask()`."""
        self.see_out().ask(goodbye, refuse=refuse)

    def evict(self, goodbye: End, *, grace: float) -> None:
        """Close the connection at once: see `Dismissal.insist()`."""
        self.see_out().insist(goodbye, grace=grace)

    def take_back(self, state: State) -> None:
        """Our close did not go out: we are where we were, the client may have left meanwhile."""
        self.state, self.end = state, None
        if self.departure is not None:
            self.depart(self.departure)

    def note_open(self) -> None:
        """The handshake is accepted."""
        self.deadlines.open()
        if self.dismissal is not None:
            self.dismissal.proceed()

    def note_closed(self) -> None:
        """Our close is out."""
        self.state = State.CLOSED
        self._audience.announce()
        if self.reader.waits_directly and self._group is not None:
            left = self.reader.note_leaving()
            self.spawn(self._evict_reader, self._group, left, name="anyws: close deadline")
        else:
            self.reader.stop()

    def release(self) -> None:
        """The session is over: only tasks of other connections may still hold the socket."""
        self.over = True
        if self.end is None:
            # The server did not take our close: for whoever still waits, the connection is lost.
            self.depart(End(ABNORMAL_CLOSURE, cause=self.outgoing.failure))
        self.outgoing.sender.abandon()
        self.dismissal = None
        self.deadlines.release()
        self.reader.stop()
        self.reader.release()

    async def wait_end(self) -> End:
        """Wait until the connection has ended, on whichever side."""
        self.reader.want()
        try:
            return await self._audience.wait(self)
        finally:
            self.reader.unwant()

    def watch(self, scope: anyio.CancelScope) -> None:
        """Cancel this scope when the connection ends, at once if it has ended."""
        self.reader.want()
        self._audience.add(scope)
        if self.end is not None and self.state is not State.CLOSING:
            scope.cancel()

    def unwatch(self, scope: anyio.CancelScope) -> None:
        """Take back a `watch()`."""
        self._audience.remove(scope)
        self.reader.unwant()

    async def _evict_reader(self, group: TaskGroup, left: anyio.Event) -> None:
        # A task waits in the server's receive(), which only the server can end. One that does
        # not report the end after our close would hold the task for ever.
        with anyio.move_on_after(self.options.close_timeout):
            await left.wait()
            return
        self.reader.evicting = True
        group.cancel_scope.cancel()

    def _watch_over_responder(self) -> None:
        if self.options.cancel_on_disconnect:
            self.require_reader("ws_options.cancel_on_disconnect")
            self.reader.read_for_good()
