"""One WebSocket connection to the server: its state, its end, and the order of what is sent.

The public `WebSocket` and the session are two doors onto it. Whatever is decided without waiting
is decided here in plain methods; the coroutines look at the state again after each wait.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from typing import TYPE_CHECKING

import anyio

from anyws._asgi.events import websocket_accept, websocket_close
from anyws._concurrency import shielded
from anyws.errors.usage import OperationNotAllowed
from anyws.errors.websocket import WebSocketDisconnected
from anyws.websocket.closing import ABNORMAL_CLOSURE, INTERNAL_ERROR, check_reason
from anyws.websocket.failures import end_told_by, is_unoffered_subprotocol
from anyws.websocket.reader import Reader
from anyws.websocket.sender import Sender
from anyws.websocket.state import Act, End, State, step

if TYPE_CHECKING:
    from anyio.abc import TaskGroup

    from anyws._asgi.scope import WebSocketFeatures
    from anyws._asgi.types import Event, Receive, Send
    from anyws.websocket.options import WebSocketOptions

_logger = logging.getLogger("anyws")


class Connection:
    """The connection between the application and one client, as the server gives it."""

    __slots__ = (
        "_departure",
        "_ended",
        "_evicting",
        "_group",
        "_released",
        "_scopes",
        "_waited",
        "close_failure",
        "end",
        "features",
        "options",
        "path",
        "reader",
        "sender",
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
    ) -> None:
        self.path: str = path
        self.features: WebSocketFeatures = features
        self.options: WebSocketOptions = options
        self.state: State = State.CONNECTING
        self.end: End | None = None
        self.close_failure: Exception | None = None
        self.reader: Reader = Reader(receive, options.max_receive_queue, self)
        self.sender: Sender = Sender(send)
        self._departure: End | None = None
        self._evicting = False
        self._released = False
        self._scopes: set[anyio.CancelScope] = set()
        self._ended: anyio.Event | None = None
        self._group: TaskGroup | None = None
        self._waited = False

    @property
    def closed(self) -> bool:
        """Closed by us, or the client is known to have left."""
        return self.end is not None

    @property
    def group(self) -> TaskGroup:
        """The connection's task group, from the handshake until the responder ends."""
        if self._group is None:
            raise RuntimeError(
                "the connection's task group has ended with its responder: tasks that outlive a "
                "connection belong in app.task_group"
            )
        return self._group

    def enter(self, group: TaskGroup) -> None:
        """Everything of the connection happens in this group from now on."""
        self._group = group
        self.reader.enter(group)
        if not self.features.reports_own_close:
            self.reader.read_for_good()
        if self.options.cancel_on_disconnect:
            self.require_reader("ws_options.cancel_on_disconnect")
            self.reader.read_for_good()

    def leave(self) -> None:
        """The responder has ended: its group takes no more tasks."""
        self._group = None
        self.reader.leave()
        # The group waits for its tasks, and a shielded send is one thing that they may be in.
        self.sender.hurry(self.options.close_timeout)

    def note_wait(self) -> None:
        """The application waited for something, so the client had time to leave."""
        self._waited = True

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
        """Make the exception of a responder that was cancelled because its client left."""
        if self._departure is None or self._departure is not self.end:
            return None
        return self.gone() if self.options.cancel_on_disconnect else None

    def is_own(self, error: BaseException) -> bool:
        """Tell whether an exception says that this very connection has ended."""
        return isinstance(error, WebSocketDisconnected) and error._connection is self

    def depart(self, end: End) -> None:
        """The client has left, or the connection is lost; or the server confirms our own close."""
        self._departure = end
        if self.end is None:
            self.end = end
            self._announce_end()
            if self.options.cancel_on_disconnect and self._group is not None:
                self._group.cancel_scope.cancel()

    async def refuse(self, kind: object) -> None:
        """Close the connection of a server that sent an event which has no place here."""
        _logger.error(
            "the server sent an event of type %r in the middle of the WebSocket %s; closing it",
            kind,
            self.path,
        )
        with suppress(Exception):
            await self.finish(INTERNAL_ERROR)
        if self.end is None:
            self.depart(End(INTERNAL_ERROR))
        self.reader.stop()

    async def accept(self, subprotocol: str | None, headers: list[tuple[bytes, bytes]]) -> None:
        """Accept the handshake."""
        step(self.state, Act.ACCEPT)
        if self._waited and self.reader.reads_ahead:
            await self.reader.look()
        await self.sender.take_turn()
        try:
            opened = step(self.state, Act.ACCEPT)
            if self.end is not None:
                raise self.gone()
            self.state = opened
            await self._deliver_accept(websocket_accept(subprotocol, headers))
        finally:
            self.sender.pass_turn()

    async def send(self, event: Event) -> None:
        """Send one message: whole or not at all, after those that were sent before it."""
        self.reader.count_send()
        sender = self.sender
        await sender.take_turn()
        try:
            self.require(Act.SEND)
            await sender.deliver_message(event, self.options.send_timeout)
            if self._released:
                # Another connection's task was in the server's hands when this one ended.
                raise self.gone()
        except Exception as error:
            if self.is_own(error) or not await self._tells_end(error):
                raise
            raise self.gone() from error
        finally:
            sender.pass_turn()

    async def receive(self) -> Event:
        """Take the next message."""
        if self.state is not State.OPEN:
            self.require(Act.RECEIVE)
        try:
            event = await self.reader.next()
        except anyio.get_cancelled_exc_class():
            if self._evicting:
                raise self.gone() from None
            raise
        # A message may have crossed a close of ours: it is dropped like those in the queue.
        if event is None or self.state is State.CLOSED:
            raise self.gone()
        return event

    async def close(self, code: int, reason: str | None = None) -> None:
        """Close the connection, or refuse the handshake. Closed already, it stays as it is."""
        if self.end is not None:
            return
        # Behind a send that is stuck, the goodbye has no more time than behind none.
        with anyio.move_on_after(self.options.close_timeout) as patience:
            await self.sender.take_turn()
        if patience.cancelled_caught:
            self._give_up()
            return
        try:
            if self.end is None:
                default = self.options.default_close_reasons.get(code)
                await self._deliver_close(code, reason or check_reason(default))
        finally:
            self.sender.pass_turn()

    async def finish(self, code: int) -> None:
        """Close what is still open, whoever is cancelled, and give it up after `close_timeout`."""
        with shielded(self.options.close_timeout):
            try:
                await self.close(code)
            except Exception:
                _logger.exception("closing the WebSocket %s failed", self.path)
                raise
        self._give_up()

    def _give_up(self) -> None:
        if self.end is None:
            self.depart(End(ABNORMAL_CLOSURE))
        self.sender.abandon()

    def release(self) -> None:
        """The session is over: only tasks of other connections may still hold the socket."""
        self._released = True
        if self.end is None:
            # The server did not take our close: for whoever still waits, the connection is lost.
            self.depart(End(ABNORMAL_CLOSURE, cause=self.close_failure))
        self.reader.stop()
        self.reader.release()

    async def wait_end(self) -> End:
        """Wait until the connection has ended, on whichever side."""
        self.reader.want()
        try:
            while self.end is None:
                if self._ended is None:
                    self._ended = anyio.Event()
                await self._ended.wait()
        finally:
            self.reader.unwant()
        return self.end

    def watch(self, scope: anyio.CancelScope) -> None:
        """Cancel this scope when the connection ends, at once if it has ended."""
        self.reader.want()
        self._scopes.add(scope)
        if self.end is not None:
            scope.cancel()

    def unwatch(self, scope: anyio.CancelScope) -> None:
        """Take back a `watch()`."""
        self._scopes.discard(scope)
        self.reader.unwant()

    async def _deliver_accept(self, event: Event) -> None:
        try:
            await self.sender.deliver(event, self.options.send_timeout)
        except Exception as error:
            if await self._tells_end(error):
                raise self.gone() from error
            self.state = State.CONNECTING
            if is_unoffered_subprotocol(error):
                raise ValueError(f"the server refused the subprotocol: {error}") from error
            raise

    async def _deliver_close(self, code: int, reason: str | None) -> None:
        before, self.state = self.state, State.CLOSING
        self.end = ours = End(code, reason)
        event = websocket_close(code, reason if self.features.close_reasons else None)
        try:
            await self.sender.deliver(event, self.options.close_timeout)
        except Exception as error:
            self.state, self.end = before, self._departure
            if not await self._tells_end(error):
                self.close_failure = error
                raise
            self.end = ours
        except anyio.get_cancelled_exc_class():
            # A server's own cancellation went through the shield; the frame may be out.
            self._note_closed()
            raise
        self._note_closed()

    def _note_closed(self) -> None:
        self.state = State.CLOSED
        self._announce_end()
        if self.reader.waits_directly and self._group is not None:
            left = self.reader.note_leaving()
            self._group.start_soon(
                self._evict_reader, self._group, left, name="anyws: close deadline"
            )
        else:
            self.reader.stop()

    async def _evict_reader(self, group: TaskGroup, left: anyio.Event) -> None:
        # A task waits in the server's receive(), which only the server can end. One that does
        # not report the end after our close would hold the task for ever.
        with anyio.move_on_after(self.options.close_timeout):
            await left.wait()
            return
        self._evicting = True
        group.cancel_scope.cancel()

    async def _tells_end(self, error: Exception) -> bool:
        """Find out whether the server failed because the connection has ended."""
        told = end_told_by(error)
        try:
            if self.end is None and (told is None or told.code == ABNORMAL_CLOSURE):
                # The disconnect may be there already, with the code that the client gave.
                await self.reader.look()
        finally:
            if self.end is None and told is not None:
                self.depart(told)
        return self.end is not None

    def _announce_end(self) -> None:
        for scope in self._scopes:
            scope.cancel()
        if self._ended is not None:
            self._ended.set()
