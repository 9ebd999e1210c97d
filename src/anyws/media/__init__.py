"""Bytes and objects: the media handlers of HTTP bodies and of WebSocket messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from anyws._imports import imported_on_demand
from anyws.media.base import AsyncReadable, BaseHandler
from anyws.media.handlers import Handlers
from anyws.media.http import JSONHandler, MessagePackHandler
from anyws.media.payload import WebSocketPayloadType
from anyws.media.urlencoded import URLEncodedFormHandler
from anyws.media.websocket import (
    BinaryBaseHandlerWS,
    JSONHandlerWS,
    MediaHandlersWS,
    MessagePackHandlerWS,
    TextBaseHandlerWS,
    TypedHandlerWS,
)

if TYPE_CHECKING:
    from anyws.media.multipart import (
        BodyPart,
        MultipartForm,
        MultipartFormHandler,
        MultipartOptions,
        PartStream,
    )
else:
    __getattr__ = imported_on_demand(
        __name__,
        dict.fromkeys(
            (
                "BodyPart",
                "MultipartForm",
                "MultipartFormHandler",
                "MultipartOptions",
                "PartStream",
            ),
            "anyws.media.multipart",
        ),
    )

__all__ = [
    "AsyncReadable",
    "BaseHandler",
    "BinaryBaseHandlerWS",
    "BodyPart",
    "Handlers",
    "JSONHandler",
    "JSONHandlerWS",
    "MediaHandlersWS",
    "MessagePackHandler",
    "MessagePackHandlerWS",
    "MultipartForm",
    "MultipartFormHandler",
    "MultipartOptions",
    "PartStream",
    "TextBaseHandlerWS",
    "TypedHandlerWS",
    "URLEncodedFormHandler",
    "WebSocketPayloadType",
]
