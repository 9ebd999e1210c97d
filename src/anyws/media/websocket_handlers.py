"""Which media handler serves which kind of WebSocket message."""

from __future__ import annotations

from anyws.media.base import BaseHandler
from anyws.media.payload import WebSocketPayloadType
from anyws.media.websocket import (
    BinaryBaseHandlerWS,
    JSONHandlerWS,
    MessagePackHandlerWS,
    TextBaseHandlerWS,
)


class HandlersWS(dict[WebSocketPayloadType, TextBaseHandlerWS | BinaryBaseHandlerWS]):
    """Maps kinds of messages to handlers. At first these are JSON and MessagePack.

    A handler that is set under a kind is checked: `TypeError` for what can be none.
    """

    def __init__(self) -> None:
        super().__init__(
            {
                WebSocketPayloadType.TEXT: JSONHandlerWS(),
                WebSocketPayloadType.BINARY: MessagePackHandlerWS(),
            }
        )

    def __setitem__(
        self, kind: WebSocketPayloadType, handler: TextBaseHandlerWS | BinaryBaseHandlerWS
    ) -> None:
        _check(kind, handler)
        super().__setitem__(kind, handler)


def _check(kind: object, handler: object) -> None:
    if not isinstance(kind, WebSocketPayloadType):
        raise TypeError(
            f"{kind!r} is no kind of message: handlers go by WebSocketPayloadType.TEXT and .BINARY"
        )
    if isinstance(handler, type):
        remedy = f"pass an instance, such as {handler.__name__}()"
    elif isinstance(handler, BaseHandler):
        remedy = (
            "that is one of HTTP bodies; subclass anyws.media.TextBaseHandlerWS or "
            "BinaryBaseHandlerWS"
        )
    else:
        return
    raise TypeError(
        f"the media handler of WebSocketPayloadType.{kind.name} is {handler!r}: {remedy}"
    )
