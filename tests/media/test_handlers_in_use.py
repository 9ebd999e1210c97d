"""What a WebSocket makes of the answers of its media handlers."""

from __future__ import annotations

from typing import Any, cast

import msgspec
import pytest

from anyws.errors import MediaValidationError
from anyws.media import (
    JSONHandlerWS,
    MediaHandlersWS,
    MessagePackHandlerWS,
    WebSocketPayloadType,
)
from anyws.websocket.media import decode_media, encode_media

TEXT, BINARY = WebSocketPayloadType.TEXT, WebSocketPayloadType.BINARY
DEFAULT: MediaHandlersWS = {TEXT: JSONHandlerWS(), BINARY: MessagePackHandlerWS()}


class Coroutines:
    """A handler as somebody would write it who takes handlers for asynchronous."""

    async def serialize(self, media: object) -> str:
        return ""

    async def deserialize(self, payload: str | bytes) -> object:
        return payload


class Point(msgspec.Struct):
    x: int


def text(payload: str) -> dict[str, Any]:
    return {"type": "websocket.receive", "text": payload}


def data(payload: bytes) -> dict[str, Any]:
    return {"type": "websocket.receive", "bytes": payload}


def test_better_a_coroutine_from_a_handler_is_a_type_error_and_leaves_no_warning() -> None:
    handlers = cast("MediaHandlersWS", {TEXT: Coroutines(), BINARY: Coroutines()})
    for payload_type in WebSocketPayloadType:
        with pytest.raises(TypeError, match="synchronous"):
            encode_media({}, payload_type, handlers)
    for event in (text(""), data(b"")):
        with pytest.raises(TypeError, match="synchronous"):
            decode_media(event, None, handlers)


def test_better_a_missing_handler_is_an_error_at_the_first_use_of_that_payload_type() -> None:
    handlers: MediaHandlersWS = {TEXT: JSONHandlerWS()}
    assert decode_media(text("1"), None, handlers) == 1
    with pytest.raises(LookupError, match=r"WebSocketPayloadType\.BINARY"):
        decode_media(data(b"\x01"), None, handlers)
    with pytest.raises(LookupError, match=r"WebSocketPayloadType\.BINARY"):
        encode_media(1, BINARY, handlers)


def test_better_both_default_handlers_validate_into_a_type() -> None:
    assert decode_media(text('{"x":1}'), Point, DEFAULT) == Point(1)
    assert decode_media(data(b"\x81\xa1x\x01"), Point, DEFAULT) == Point(1)
    for event in (text("{}"), data(b"\x80")):
        with pytest.raises(MediaValidationError):
            decode_media(event, Point, DEFAULT)
