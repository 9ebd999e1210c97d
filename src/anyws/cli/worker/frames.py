"""What goes in and out of a connection, noted in passing, and the WebSockets on it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

from hypercorn.events import Closed, Event, RawData, Updated
from hypercorn.protocol import ProtocolWrapper
from hypercorn.protocol.h2 import H2Protocol
from hypercorn.protocol.ws_stream import WSStream
from wsproto.connection import ConnectionState
from wsproto.events import Ping

_Send: TypeAlias = Callable[[Event], Awaitable[None]]


class WorkerProtocol(ProtocolWrapper):
    """What Hypercorn makes of a connection's bytes, HTTP/1.1 or HTTP/2, with notes on them.

    The notes are two flags and a count, since they are taken for every message.
    """

    def __init__(self, *arguments: Any) -> None:
        *others, send, alpn_protocol = arguments
        self._send: _Send = send
        replaced: list[Any] = [*others, self._send_counting, alpn_protocol]
        super().__init__(*replaced)
        self.heard: bool = False
        """Whether something has come from the client; whoever looks at it takes it back."""
        self.engaged: bool = False
        """Whether something that came is still on its way to the application: nobody reads."""
        self.written: int = 0
        """How many writes went through."""

    async def handle(self, event: Event) -> None:
        """Handle what the client sent, or the end of the connection."""
        if not isinstance(event, RawData):
            await super().handle(event)
            if isinstance(event, Closed) and isinstance(self.protocol, H2Protocol):
                await _let_go(self.protocol)
            return
        was_http2 = isinstance(self.protocol, H2Protocol)
        self.engaged = True
        try:
            await super().handle(event)
        finally:
            self.engaged, self.heard = False, True
        # Hypercorn takes the preface of HTTP/2 for a request and stops the clock for its head.
        if isinstance(self.protocol, H2Protocol) and not was_http2 and self.protocol.idle:
            await self.send(Updated(idle=True))

    async def _send_counting(self, event: Event) -> None:
        await self._send(event)
        self.written += 1

    def websockets(self) -> list[WSStream]:
        """Give the WebSockets that the application has accepted and that have not ended."""
        protocol = self.protocol
        if isinstance(protocol, H2Protocol):
            streams: list[object] = list(protocol.streams.values())
        else:
            streams = [protocol.stream]
        return [stream for stream in streams if isinstance(stream, WSStream) and _is_open(stream)]


async def _let_go(protocol: H2Protocol) -> None:
    """End the wait of those who send on a connection that is over: nobody takes it from them."""
    for buffer in tuple(protocol.stream_buffers.values()):
        await buffer.close()


def is_closing(stream: WSStream) -> bool:
    """Tell whether a close frame was sent, and the client's is still to come."""
    return stream.connection.state is ConnectionState.LOCAL_CLOSING


async def send_ping(stream: WSStream) -> None:
    """Send a ping (RFC 6455, section 5.5.2), or nothing where none may be sent any more."""
    await stream._send_wsproto_event(Ping())  # pyright: ignore[reportPrivateUsage]  # no other way


def _is_open(stream: WSStream) -> bool:
    return not stream.closed and hasattr(stream, "connection")
