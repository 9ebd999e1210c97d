"""What can be set for the WebSockets of an application."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from anyws._options import Options, count, flag, instance_of, seconds
from anyws.media.payload import WebSocketPayloadType
from anyws.media.websocket import JSONHandlerWS, MessagePackHandlerWS
from anyws.websocket.closing import INTERNAL_ERROR, default_close_reasons

if TYPE_CHECKING:
    from anyws.media.websocket import BinaryBaseHandlerWS, TextBaseHandlerWS


def _default_handlers() -> dict[WebSocketPayloadType, TextBaseHandlerWS | BinaryBaseHandlerWS]:
    return {
        WebSocketPayloadType.TEXT: JSONHandlerWS(),
        WebSocketPayloadType.BINARY: MessagePackHandlerWS(),
    }


@dataclass(kw_only=True, slots=True)
class WebSocketOptions(Options):
    """The options of an application's WebSockets: `app.ws_options`.

    A connection reads `max_receive_queue` when it begins, and the others when it uses them.
    """

    error_close_code: int = INTERNAL_ERROR
    """The close code for an unhandled error. It is looked at when it is used: a code that can't
    be sent is replaced by 3011."""

    default_close_reasons: dict[int, str] = field(
        default_factory=default_close_reasons, metadata=instance_of(dict)
    )
    """The reason that goes out with a close code where none is given: a plain dict."""

    media_handlers: dict[WebSocketPayloadType, TextBaseHandlerWS | BinaryBaseHandlerWS] = field(
        default_factory=_default_handlers, metadata=instance_of(dict)
    )
    """What `send_media()` and `receive_media()` encode and decode with, for each kind of payload:
    JSON for TEXT and MessagePack for BINARY unless it is changed."""

    max_receive_queue: int = field(default=4, metadata=count())
    """Messages that are read ahead while the responder is away. When the queue is full the server
    is held back, and a departure behind the queued messages shows when there is room again. With
    0 nothing is read ahead: a departure shows at the next receive or failing send, and what needs
    a reader (`move_on_disconnect()` and its kin) is not allowed."""

    cancel_on_disconnect: bool = field(default=False, metadata=flag())
    """Cancel the responder when the client leaves. It costs a task for each connection."""

    send_timeout: float = field(default=60, metadata=seconds())
    """Seconds that one send may be stuck in the server; after that the connection is lost (1006).
    It takes effect where the server's `send()` can be cancelled."""

    close_timeout: float = field(default=5, metadata=seconds())
    """Seconds for the goodbye: the close frame, and then all `process_disconnect_ws` together."""
