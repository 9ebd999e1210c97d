"""What a connection may wait for only so long: a send, a message, its handshake."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from anyws.websocket.clock import Clock, Wait
from anyws.websocket.closing import GOING_AWAY
from anyws.websocket.intake import Breach
from anyws.websocket.state import State

if TYPE_CHECKING:
    from collections.abc import Callable

    from anyws.websocket.connection import Connection
    from anyws.websocket.options import WebSocketOptions

_logger = logging.getLogger("anyws")


class Deadlines:
    """Has the waits of one connection watched: by the application's clock, which its lifespan
    keeps, or else by one in the connection's own task group."""

    __slots__ = (
        "_clock",
        "_connection",
        "_handshake",
        "_idle",
        "_keeps_clock",
        "_options",
        "_send",
    )

    def __init__(
        self, connection: Connection, options: WebSocketOptions, clock: Clock | None
    ) -> None:
        self._connection = connection
        self._clock = clock
        self._keeps_clock = False
        # Most connections need none of them.
        self._handshake: Wait | None = None
        self._send: Wait | None = None
        self._idle: Wait | None = None
        if options.handshake_timeout is not None:
            self._handshake = self._wait(
                options.handshake_timeout, self._open_handshake, self._end_handshake
            )
        self.apply(options)

    def apply(self, options: WebSocketOptions) -> None:
        """Go by these options from now on."""
        self._options = options
        former, self._send = self._send, None
        if former is not None and former.watched:
            self._dismiss(former)
            self.oversee()
        if self._idle is not None:
            self._dismiss(self._idle)
            self._idle = None
        if options.idle_timeout is not None:
            self._idle = self._wait(options.idle_timeout, self._last_message, self._end_silence)

    def enter(self) -> None:
        """The connection's task group has begun: the handshake is watched from now on."""
        if self._handshake is not None:
            self._watch(self._handshake)

    def open(self) -> None:
        """The connection is open: the client's silence is watched from now on."""
        if self._idle is not None:
            self._watch(self._idle)

    def release(self) -> None:
        """The session is over: the clock lets go of the connection."""
        for wait in (self._handshake, self._idle, self._send):
            if wait is not None and wait.watched:
                self._dismiss(wait)

    def oversee(self) -> None:
        """Watch the send that the server has begun to let wait."""
        if self._send is None:
            self._send = self._wait(self._options.send_timeout, self._stuck_send, self._lose)
        if not self._send.watched:
            self._watch(self._send)

    def _wait(
        self, seconds: float, mark: Callable[[], object | None], strike: Callable[[], None]
    ) -> Wait:
        return Wait(seconds, mark, strike, self._take_over)

    def _watch(self, wait: Wait) -> None:
        if self._clock is None or self._clock.stopped:
            clock = Clock()
            if not self._connection.spawn(clock.run, name="anyws: clock"):
                self._hurry_send()
                return
            self._clock = clock
            self._keeps_clock = True
        self._clock.watch(wait)

    def _dismiss(self, wait: Wait) -> None:
        if self._clock is not None:
            self._clock.dismiss(wait)

    def _take_over(self, wait: Wait) -> None:
        """See to a wait whose clock has ended: the lifespan's, or with the task group our own."""
        if self._keeps_clock:
            self._hurry_send()
        else:
            self._watch(wait)

    def _stuck_send(self) -> object | None:
        return self._connection.outgoing.sender.under_way

    def _hurry_send(self) -> None:
        # The task group has ended, and nobody watches: it has become part of the goodbye.
        self._connection.outgoing.sender.hurry(self._options.close_timeout)

    def _lose(self) -> None:
        self._connection.lose(
            f"a send was stuck for {self._options.send_timeout:g} seconds (send_timeout)"
        )

    def _last_message(self) -> object | None:
        """Tell the message that came last; something new while the server is not asked for one."""
        if self._connection.closed:
            return None
        reader = self._connection.reader
        reader.start()
        return reader.taken if reader.waits else object()

    def _end_silence(self) -> None:
        assert self._idle is not None  # it has just struck
        words = f"no message for {self._idle.seconds:g} seconds (idle_timeout)"
        breach = Breach(GOING_AWAY, words)
        self._connection.spawn(self._connection.break_off, breach, name="anyws: idle client")

    def _open_handshake(self) -> object | None:
        connection = self._connection
        return connection.state if connection.state is State.CONNECTING else None

    def _end_handshake(self) -> None:
        assert self._handshake is not None  # it has just struck
        if self._connection.closed:
            return
        _logger.error(
            "the handshake of the WebSocket %s was neither accepted nor refused within %g seconds "
            "(handshake_timeout): it is refused, and its responder cancelled",
            self._connection.path,
            self._handshake.seconds,
        )
        self._connection.spawn(self._connection.refuse_handshake, name="anyws: late handshake")
