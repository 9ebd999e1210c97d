"""What is between an application and its client: two queues, and how it ended."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Final

import anyio

from anyws._asgi import events as names
from anyws.errors.websocket import WebSocketDisconnected
from anyws.testing import telling
from anyws.testing.journal import Direction
from anyws.testing.mailbox import Mailbox
from anyws.testing.telling import End, Told

if TYPE_CHECKING:
    from anyws._asgi.types import Event
    from anyws.testing.events import Accept, IllegalEvent
    from anyws.testing.line import Line
    from anyws.testing.protocol import Features
    from anyws.testing.result import Result

CAPACITY: Final = 1024
"""Messages that a direction holds before its sender has to wait."""


class WebSocketLink:
    """The state of one connection, which the server's end and the client's share.

    The first end is the one that counts. What was sent before it stays in the queues and comes out
    of them before the end does, on both sides; only what a stalled client has not read is lost
    when that client leaves.
    """

    def __init__(self, features: Features, line: Line) -> None:
        self.features = features
        self.line = line
        self.to_app: Mailbox[Event] = Mailbox(CAPACITY, line.shuffler)
        self.to_client: Mailbox[str | bytes] = Mailbox(CAPACITY, line.shuffler)
        self.last_read: str | None = None
        self.last_sent: str | None = None
        self._lost: str | None = None
        self.accepted: Accept | None = None
        self.denial: Result | None = None
        self.end: End | None = None
        """How the connection ended, None as long as the client knows of no end."""
        self.over: bool = False
        """Whether the server knows of an end."""
        self.violation: IllegalEvent | None = None
        self.settled: anyio.Event = anyio.Event()
        """Set once the handshake is accepted or denied, or can be neither any more."""
        self._owed: Told | None = None
        self._told = False

    def connect(self) -> None:
        """Ask for the connection."""
        self._give({"type": names.WEBSOCKET_CONNECT})

    async def put(self, payload: str | bytes) -> None:
        """Send a message to the application; wait while more than `CAPACITY` of them do.

        One that crosses the end of the connection is lost.
        """
        if self._told:
            return
        key, other = ("text", "bytes") if isinstance(payload, str) else ("bytes", "text")
        event: Event = {"type": names.WEBSOCKET_RECEIVE, key: payload}
        if self.line.server.names_both_payloads:
            event[other] = None
        self._give(event)
        await self.to_app.room()

    async def take(self) -> str | bytes:
        """Give the application's next message; `WebSocketDisconnected` after the last one."""
        with suppress(anyio.EndOfStream):
            return await self.to_client.take()
        raise self.disconnected()

    def leave(self, end: End) -> None:
        """Have the client close the connection, unless it knows of an end."""
        self._leave(end, telling.of_close(self.line.server, end))

    def vanish(self) -> None:
        """Have the client leave without a close frame, unless it knows of an end."""
        told = telling.of_vanishing(self.line.server, accepted=self.accepted is not None)
        self._leave(End(telling.ABNORMAL_CLOSURE), told)

    def finish(self, end: End, told: Told, *, at_once: bool = True) -> None:
        """End the connection from the server's side, unless there is an end.

        The client learns of it behind every message. The application is told at once, or when
        the client has learnt of it.
        """
        if self.over:
            return
        self.over = True
        self._owed = told
        if at_once:
            self._tell(told)
        self.to_client.close(partial(self._arrive, end))

    def lose(self, event: Event) -> None:
        """Note that an event of the application was cancelled before it went out."""
        self._lost = event.get("type")
        self.line.note(Direction.TO_CLIENT, f"cancelled before it went out: {self._lost}")

    def violate(self, illegal: IllegalEvent) -> None:
        """Keep the first violation, and end the connection, lest the client waits for ever."""
        if self.violation is None:
            self.violation = illegal
        end = End(telling.INTERNAL_ERROR, cause=illegal)
        self._leave(end, (end,))

    def disconnected(
        self, kind: type[WebSocketDisconnected] = WebSocketDisconnected
    ) -> WebSocketDisconnected:
        """Make the exception that tells the client of the end, chained to what caused it."""
        assert self.end is not None
        error = kind(self.end.code, self.end.reason)
        error.__cause__ = self.end.cause
        return error

    def last_words(self) -> str:
        """Say what the application has read and sent last."""
        read, sent = self.last_read or "nothing", self.last_sent or "nothing"
        lost = "" if self._lost is None else f"; a {self._lost} was cancelled before it went out"
        return f"it last received {read} and last sent {sent}{lost}"

    def _leave(self, end: End, told: Told) -> None:
        if self.end is not None:
            return
        # What a client sees of its own leaving does not wait for what is under way to it.
        self.end = end
        self.to_client.cut()
        self._tell(told if self._owed is None else self._owed)
        self._arrive(end)

    def _arrive(self, end: End) -> None:
        """Both sides know of the end."""
        if self.end is None:
            self.end = end
        self.over = True
        self.settled.set()
        if self._owed is not None:
            self._tell(self._owed)

    def _tell(self, told: Told) -> None:
        if self._told:
            return
        self._told = True
        for end in told:
            event: Event = {"type": names.WEBSOCKET_DISCONNECT, "code": end.code}
            if end.reason is not None and self.features.reasons:
                event["reason"] = end.reason
            self._give(event)
        self.to_app.close()

    def _give(self, event: Event) -> None:
        self.line.note(Direction.TO_APP, event)
        self.to_app.put(event)
