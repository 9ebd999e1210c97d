"""Objects as messages, through the media handlers of the application."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, TypeVar, cast

from anyws.media.payload import WebSocketPayloadType
from anyws.websocket.payloads import content_of, data_event, text_event

if TYPE_CHECKING:
    from anyws._asgi.types import Event
    from anyws.media.websocket import (
        BinaryBaseHandlerWS,
        MediaHandlersWS,
        TextBaseHandlerWS,
        TypedHandlerWS,
    )

T = TypeVar("T")


def encode_media(
    media: object, payload_type: WebSocketPayloadType, handlers: MediaHandlersWS
) -> Event:
    """Encode an object with the handler of a payload type.

    The handler's own error comes as it is. Raises `TypeError` where it gives no payload of that
    type, and for a `payload_type` that is none; `LookupError` where there is no handler.
    """
    if payload_type is WebSocketPayloadType.TEXT:
        return text_event(_result(_text_handler(handlers).serialize(media)))
    if payload_type is WebSocketPayloadType.BINARY:
        return data_event(_result(_binary_handler(handlers).serialize(media)))
    raise TypeError(f"payload_type is WebSocketPayloadType.TEXT or .BINARY, not {payload_type!r}")


def decode_media(event: Event, kind: type[object] | None, handlers: MediaHandlersWS) -> object:
    """Decode a message with the handler of its payload, into an object of a kind if one is given.

    Raises what `encode_media()` raises, and `TypeError` for a kind that the handler can't decode.
    """
    content = content_of(event)
    if isinstance(content, str):
        text_handler = _text_handler(handlers)
        if kind is None:
            return _result(text_handler.deserialize(content))
        typed_text: TypedHandlerWS[str] = _typed(text_handler)
        return _result(typed_text.deserialize_as(content, kind))
    binary_handler = _binary_handler(handlers)
    if kind is None:
        return _result(binary_handler.deserialize(content))
    typed_binary: TypedHandlerWS[bytes] = _typed(binary_handler)
    return _result(typed_binary.deserialize_as(content, kind))


def _text_handler(handlers: MediaHandlersWS) -> TextBaseHandlerWS:
    return cast("TextBaseHandlerWS", _handler(handlers, WebSocketPayloadType.TEXT))


def _binary_handler(handlers: MediaHandlersWS) -> BinaryBaseHandlerWS:
    return cast("BinaryBaseHandlerWS", _handler(handlers, WebSocketPayloadType.BINARY))


def _handler(handlers: MediaHandlersWS, payload_type: WebSocketPayloadType) -> object:
    try:
        return handlers[payload_type]
    except KeyError:
        raise LookupError(
            f"ws_options.media_handlers has no entry for WebSocketPayloadType.{payload_type.name}"
        ) from None


def _typed(handler: object) -> TypedHandlerWS[str | bytes]:
    if not hasattr(handler, "deserialize_as"):
        raise TypeError(
            f"{type(handler).__name__} has no deserialize_as(payload, type): it can't decode into "
            "a type"
        )
    return cast("TypedHandlerWS[str | bytes]", handler)


def _result(result: T) -> T:
    # A handler written with `async def` would send or give away an unawaited coroutine.
    if inspect.iscoroutine(result):
        result.close()
        raise TypeError("a WebSocket media handler is synchronous: define it without 'async'")
    return result
