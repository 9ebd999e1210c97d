"""What is between an application and its client: two queues, and how it ended."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final, NamedTuple

import anyio

from anyws._asgi import events as names
from anyws.errors.websocket import WebSocketDisconnected
from anyws.testing.mailbox import Mailbox

if TYPE_CHECKING:
    from anyws._asgi.types import Event
    from anyws.testing.events import Accept, IllegalEvent
    from anyws.testing.protocol import Features
    from anyws.testing.result import Result

CAPACITY: Final = 1024
"""Messages that a direction holds before its sender has to wait."""

ABNORMAL_CLOSURE: Final = 1006
INTERNAL_ERROR: Final = 1011


class End(NamedTuple):
    """How the connection ended, as the client sees it."""

    code: int
    reason: str | None = None
    cause: Exception | None = None
    """What went wrong in the application, where that is what ended the connection."""


class WebSocketLink:
    """The state of one connection, which the server's end and the client's share.

    The first end is the one that counts. What was sent before it stays in the queues and comes out
    of them before the end does, on both sides.
    """

    def __init__(self, features: Features) -> None:
        self.features = features
        self.to_app: Mailbox[Event] = Mailbox(CAPACITY)
        self.to_client: Mailbox[str | bytes] = Mailbox(CAPACITY)
        self.to_app.put({"type": names.WEBSOCKET_CONNECT})
        self.last_read: str | None = None
        self.last_sent: str | None = None
        self.accepted: Accept | None = None
        self.denial: Result | None = None
        self.end: End | None = None
        self.violation: IllegalEvent | None = None
        self.settled: anyio.Event = anyio.Event()
        """Set once the handshake is accepted or denied, or can be neither any more."""

    async def put(self, payload: str | bytes) -> None:
        """Send a message to the application; wait while more than `CAPACITY` of them do."""
        key, other = ("text", "bytes") if isinstance(payload, str) else ("bytes", "text")
        self.to_app.put({"type": names.WEBSOCKET_RECEIVE, key: payload, other: None})
        await self.to_app.room()

    async def take(self) -> str | bytes:
        """Give the application's next message; `WebSocketDisconnected` after the last one."""
        with suppress(anyio.EndOfStream):
            return await self.to_client.take()
        raise self.disconnected()

    def finish(self, end: End, *, told: int | None = None) -> None:
        """End the connection, unless it has ended. The app is told `told`, if that differs."""
        if self.end is not None:
            return
        self.end = end
        self.to_client.close()
        last: Event = {"type": names.WEBSOCKET_DISCONNECT}
        last["code"] = end.code if told is None else told
        if end.reason is not None and self.features.reasons:
            last["reason"] = end.reason
        self.to_app.put(last)
        self.to_app.close()
        self.settled.set()

    def violate(self, illegal: IllegalEvent) -> None:
        """Keep the first violation, and end the connection, lest the client waits for ever."""
        if self.violation is None:
            self.violation = illegal
        self.finish(End(INTERNAL_ERROR, cause=illegal))

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
        return f"it last received {read} and last sent {sent}"
