"""What we say on a connection: accept or deny, messages, close.

Each is said in its turn. What can be decided without waiting is decided before the turn and looked
at again in it, for the connection may end meanwhile.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import anyio
from anyio.lowlevel import checkpoint

from anyws._asgi.events import (
    websocket_accept,
    websocket_close,
    websocket_denial_body,
    websocket_denial_start,
)
from anyws._concurrency import DONE
from anyws.websocket.closing import ABNORMAL_CLOSURE, check_reason, http_close_code
from anyws.websocket.failures import end_told_by, is_unoffered_subprotocol
from anyws.websocket.sender import Sender
from anyws.websocket.state import Act, End, State, step

if TYPE_CHECKING:
    from collections.abc import Awaitable, Generator

    from anyws._asgi.types import Event, Send
    from anyws.websocket.connection import Connection
    from anyws.websocket.sender import Habits

_logger = logging.getLogger("anyws")


class Outgoing:
    """The side of a connection on which the application speaks."""

    __slots__ = (
        "_close_reasons",
        "_connection",
        "_reader",
        "_to_server",
        "failure",
        "plain",
        "sender",
    )

    def __init__(self, connection: Connection, send: Send, habits: Habits) -> None:
        self._connection = connection
        self._reader = connection.reader
        self._to_server = send
        self._close_reasons = connection.options.default_close_reasons
        self.plain: bool = False
        """Whether a message can be given to the server with nothing to consider before."""
        self.sender: Sender = Sender(
            send,
            connection.deadlines.oversee,
            habits,
            connection.features.look,
        )
        self.failure: Exception | None = None
        """What kept our close from going out."""

    async def accept(self, subprotocol: str | None, headers: list[tuple[bytes, bytes]]) -> None:
        """Accept the handshake."""
        connection = self._connection
        step(connection.state, Act.ACCEPT)
        await connection.look_before_accept()
        await self.sender.take_turn()
        try:
            opened = step(connection.state, Act.ACCEPT)
            if connection.end is not None:
                raise connection.gone()
            connection.state = opened
            await self._deliver_accept(websocket_accept(subprotocol, headers))
        finally:
            self.sender.pass_turn()
        connection.note_open()

    async def deny(self, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
        """Refuse the handshake with a response, or with a plain 403 where there are none."""
        step(self._connection.state, Act.DENY)
        code = http_close_code(status)
        if self._connection.features.denial_responses:
            response = websocket_denial_start(status, headers), websocket_denial_body(body)
            await self._say_goodbye(End(code), *response, act=Act.DENY)
        else:
            await self._close(code, None, act=Act.DENY)

    def send(self, event: Event) -> Awaitable[None] | None:
        """Send one message: whole or not at all, after those that were sent before it.

        It is sent already where None comes back; otherwise what comes back is to be awaited at
        once.
        """
        if not self.plain:
            connection = self._connection
            # What `require()` finds is seen here already, nearly always.
            if connection.state is not State.OPEN or connection.end is not None:
                connection.require(Act.SEND)
            return self._send_in_turn(event)
        steps = self._to_server(event).__await__()
        try:
            trap = next(steps, DONE)
        except Exception as error:
            return self._explain(error)
        if trap is not DONE:
            self.plain = False
            return self._see_through(steps, trap)
        reader = self._reader
        reader.streak += 1
        if reader.streak >= reader.streak_limit and not reader.end_streak():
            self.plain = False
        return None

    async def close(self, code: int, reason: str | None = None) -> None:
        """Close the connection, or refuse the handshake. Closed already, it stays as it is."""
        await self._close(code, reason)

    async def finish(self, code: int, reason: str | None = None) -> None:
        """Close what is still open, and give it up if the client takes no goodbye."""
        try:
            await self.close(code, reason)
        except Exception:
            _logger.exception("closing the WebSocket %s failed", self._connection.path)
            raise
        if self._connection.state is State.CLOSING:
            # Another task says goodbye, and has a deadline for it.
            with anyio.move_on_after(self._connection.options.close_timeout):
                await self.sender.take_turn()
                self.sender.pass_turn()
        self.sender.abandon()

    async def _send_in_turn(self, event: Event) -> None:
        connection, sender, reader = self._connection, self.sender, self._reader
        self.plain = False
        # It is `sender.take_turn()` without a coroutine in between.
        if sender.guarding:
            await sender.look()
        waited = sender.busy
        if waited:
            await sender.wait_turn()
        else:
            sender.busy = True
        try:
            reader.streak += 1
            if reader.streak >= reader.streak_limit and not reader.end_streak():
                reader.streak = 0
                # Servers take events for a client that has left without waiting: a loop of sends
                # would never let anybody notice that.
                await checkpoint()
                waited = True
            if waited:
                connection.require(Act.SEND)
            await sender.deliver_message(event)
            if connection.over:
                # The connection was lost, or its session ended, while the server had the message.
                raise connection.gone()
        except Exception as error:
            await self._explain(error)
        finally:
            sender.pass_turn()
        if not sender.guarding:
            self.plain = not sender.busy and connection.end is None

    async def _see_through(self, steps: Generator[Any, Any, object], trap: object) -> None:
        """Wait until the server has taken a message that went to it plainly and has to wait."""
        try:
            await self.sender.see_through(steps, trap)
            if self._connection.over:
                raise self._connection.gone()
        except Exception as error:
            await self._explain(error)
        finally:
            self.sender.pass_turn()

    async def _explain(self, error: Exception) -> None:
        """Raise what an error of a send means."""
        connection = self._connection
        if connection.is_own(error) or not await self._tells_end(error):
            raise error
        raise connection.gone() from error

    async def _close(self, code: int, reason: str | None, *, act: Act | None = None) -> None:
        reason = reason or check_reason(self._close_reasons.get(code))
        event = websocket_close(code, reason if self._connection.features.close_reasons else None)
        await self._say_goodbye(End(code, reason), event, act=act)

    async def _say_goodbye(self, ours: End, *events: Event, act: Act | None = None) -> None:
        """Say the last thing of a connection, if it has not ended and `act` is still allowed."""
        connection = self._connection
        if connection.end is not None:
            return
        if not self.sender.busy:
            await self.sender.take_turn()
        else:
            # Behind a send that is stuck, the goodbye has no more time than behind none.
            with anyio.move_on_after(connection.options.close_timeout) as patience:
                await self.sender.take_turn()
            if patience.cancelled_caught:
                self.give_up(End(ABNORMAL_CLOSURE))
                return
        try:
            if connection.end is None:
                if act is not None:
                    step(connection.state, act)
                await self._deliver_goodbye(ours, events)
        finally:
            self.sender.pass_turn()

    async def _deliver_goodbye(self, ours: End, events: tuple[Event, ...]) -> None:
        connection = self._connection
        before, connection.state = connection.state, State.CLOSING
        connection.end = ours
        self.plain = False
        connection.reader.consider()
        try:
            await self.sender.deliver(*events, seconds=connection.options.close_timeout)
        except Exception as error:
            connection.take_back(before)
            if not await self._tells_end(error):
                self.failure = error
                raise
            return
        except anyio.get_cancelled_exc_class():
            # A server's own cancellation went through the shield; the frame may be out.
            connection.note_closed()
            raise
        connection.note_closed()

    def give_up(self, end: End) -> None:
        """Count the connection as ended, unless it has: nothing can be said any more."""
        if self._connection.end is None:
            self._connection.depart(end)
            self._connection.note_closed()
            self.sender.abandon()

    async def _deliver_accept(self, event: Event) -> None:
        connection = self._connection
        try:
            await self.sender.deliver_accept(event)
        except Exception as error:
            connection.state = State.CONNECTING
            if await self._tells_end(error):
                raise connection.gone() from error
            if is_unoffered_subprotocol(error):
                raise ValueError(f"the server refused the subprotocol: {error}") from error
            raise

    async def _tells_end(self, error: Exception) -> bool:
        """Find out whether the server failed because the connection has ended."""
        connection = self._connection
        told = end_told_by(error)
        try:
            if connection.end is None and (told is None or told.code == ABNORMAL_CLOSURE):
                # The disconnect may be there already, with the code that the client gave.
                await connection.look()
        finally:
            if connection.end is None and told is not None:
                connection.depart(told)
        return connection.end is not None
