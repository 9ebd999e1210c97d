"""A WebSocket as the launcher's options have it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from io import BytesIO, StringIO
from typing import Any, cast

from hypercorn.protocol.events import Body, Data, Event, Request, StreamClosed
from hypercorn.protocol.ws_stream import (
    ASGIWebsocketState,
    FrameTooLargeError,
    WebsocketBuffer,
    WSStream,
)
from hypercorn.typing import WebsocketAcceptEvent
from wsproto.events import Message
from wsproto.extensions import PerMessageDeflate
from wsproto.frame_protocol import CloseReason
from wsproto.handshake import server_extensions_handshake

from anyws.cli.worker.config import WorkerConfig


class Stream(WSStream):
    """A WebSocket of Hypercorn's; it behaves as ever where another server has it."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        if isinstance(self.config, WorkerConfig):
            self.buffer: WebsocketBuffer = MessageBuffer(self.config.websocket_max_message_size)

    async def handle(self, event: Event) -> None:
        """Handle what comes from the client.

        Hypercorn answers a bad handshake, and data that comes before the handshake is over, and
        leaves it at that: the connection would stay, and the application never learn of the end.
        """
        if self.closed or not isinstance(self.config, WorkerConfig):
            await super().handle(event)
        elif isinstance(event, Body | Data) and not self.handshake.accepted:
            # Where the application is about to refuse the handshake, its answer is the only one.
            if self.state is ASGIWebsocketState.HANDSHAKE and not hasattr(self, "response"):
                self.closed = True
                await self._send_error_response(400)
                await self._end()
        else:
            await super().handle(event)
            if self.closed and isinstance(event, Request):
                await self._end()

    async def _end(self) -> None:
        put = cast("Callable[[object], Awaitable[None]] | None", self.app_put)  # pyright: ignore[reportUnknownMemberType]  # bare generics
        if put is not None:
            code = CloseReason.ABNORMAL_CLOSURE.value
            await put({"type": "websocket.disconnect", "code": code})
        await self.send(StreamClosed(stream_id=self.stream_id))

    async def _accept(self, message: WebsocketAcceptEvent) -> None:
        if isinstance(self.config, WorkerConfig) and not (
            self.config.compression and _can_be_read(self.handshake.extensions)
        ):
            self.handshake.extensions = None
        await super()._accept(message)


def _can_be_read(offers: list[str] | None) -> bool:
    """Tell whether wsproto makes something of a client's offers. It raises at some that are
    malformed, which are to be declined (RFC 7692, section 5)."""
    try:
        server_extensions_handshake(offers or (), [PerMessageDeflate()])
    except Exception:
        return False
    return True


class MessageBuffer(WebsocketBuffer):
    """A message that is put together, and that takes no memory once it is too large.

    Hypercorn closes the WebSocket then, but goes on to read from a client that does not care.
    """

    def extend(self, event: Message[Any]) -> None:
        if self.length + len(event.data) > self.max_length:
            self.value: BytesIO | StringIO | None = None
            self.length: int = self.max_length  # Whatever may come is too large from here on.
            raise FrameTooLargeError
        super().extend(event)  # pyright: ignore[reportUnknownMemberType]  # bare generics
