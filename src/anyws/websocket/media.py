"""Objects as messages, through the media handlers of the application."""

from __future__ import annotations

from types import CoroutineType
from typing import TYPE_CHECKING, Any, Final

from anyws.media.payload import WebSocketPayloadType
from anyws.websocket.payloads import content_of, data_event, text_event

if TYPE_CHECKING:
    from anyws._asgi.types import Event
    from anyws.media.websocket import BinaryBaseHandlerWS, MediaHandlersWS, TextBaseHandlerWS

_TEXT: Final = WebSocketPayloadType.TEXT
_BINARY: Final = WebSocketPayloadType.BINARY


def encode_media(
    media: object, payload_type: WebSocketPayloadType, handlers: MediaHandlersWS
) -> Event:
    """Encode an object with the handler of a payload type.

    The handler's own error comes as it is. Raises `TypeError` where it gives no payload of that
    type, and for a `payload_type` that is none; `LookupError` where there is no handler.
    """
    if payload_type is not _TEXT and payload_type is not _BINARY:
        raise TypeError(
            f"payload_type is WebSocketPayloadType.TEXT or .BINARY, not {payload_type!r}"
        )
    payload: object = _handler(handlers, payload_type).serialize(media)
    if isinstance(payload, CoroutineType):
        raise _asynchronous(payload)
    if payload_type is _BINARY:
        return data_event(payload)  # type: ignore[arg-type]  # it is looked at there
    return text_event(payload)  # type: ignore[arg-type]  # it is looked at there


def decode_media(event: Event, kind: type[object] | None, handlers: MediaHandlersWS) -> object:
    """Decode a message with the handler of its payload, into an object of a kind if one is given.

    Raises what `encode_media()` raises, and `TypeError` for a kind that the handler can't decode.
    """
    content = content_of(event)
    handler: Any = _handler(handlers, _TEXT if isinstance(content, str) else _BINARY)
    if kind is None:
        media: object = handler.deserialize(content)
    elif hasattr(handler, "deserialize_as"):
        media = handler.deserialize_as(content, kind)
    else:
        raise TypeError(
            f"{type(handler).__name__} has no deserialize_as(payload, type): it can't decode into "
            "a type"
        )
    if isinstance(media, CoroutineType):
        raise _asynchronous(media)
    return media


def _handler(
    handlers: MediaHandlersWS, payload_type: WebSocketPayloadType
) -> TextBaseHandlerWS | BinaryBaseHandlerWS:
    try:
        return handlers[payload_type]
    except KeyError:
        raise LookupError(
            f"ws_options.media_handlers has no entry for WebSocketPayloadType.{payload_type.name}"
        ) from None


def _asynchronous(call: CoroutineType[Any, Any, Any]) -> TypeError:
    # A handler written with `async def` would send or give away an unawaited coroutine.
    call.close()
    return TypeError("a WebSocket media handler is synchronous: define it without 'async'")
