"""Media handlers of WebSockets: one message to one object and back, synchronously."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol, TypeAlias, TypeVar

from anyws.media import codecs
from anyws.media.payload import WebSocketPayloadType

T = TypeVar("T")
Payload_contra = TypeVar("Payload_contra", contravariant=True)


class TextBaseHandlerWS:
    """Turns objects into TEXT payloads and back. Subclasses override what they support.

    Both methods are plain functions, called between the messages of a connection: they may not
    block. What they raise reaches the caller of `receive_media` or `send_media` unchanged.
    """

    def serialize(self, media: object) -> str:
        """Return the payload for an object. Here: NotImplementedError."""
        raise NotImplementedError(f"{type(self).__name__} has no serialize()")

    def deserialize(self, payload: str) -> object:
        """Return the object of a payload. Here: NotImplementedError."""
        raise NotImplementedError(f"{type(self).__name__} has no deserialize()")


class BinaryBaseHandlerWS:
    """Turns objects into BINARY payloads and back. Subclasses override what they support.

    Both methods are plain functions, called between the messages of a connection: they may not
    block. What they raise reaches the caller of `receive_media` or `send_media` unchanged.
    """

    def serialize(self, media: object) -> bytes | bytearray | memoryview:
        """Return the payload for an object. Here: NotImplementedError."""
        raise NotImplementedError(f"{type(self).__name__} has no serialize()")

    def deserialize(self, payload: bytes) -> object:
        """Return the object of a payload. Here: NotImplementedError."""
        raise NotImplementedError(f"{type(self).__name__} has no deserialize()")


class TypedHandlerWS(Protocol[Payload_contra]):
    """The optional method of a handler, which `receive_media(type=…)` needs."""

    def deserialize_as(self, payload: Payload_contra, type: type[T]) -> T:
        """Return the object of a payload, validated into the type.

        What does not fit raises `MediaValidationError`.
        """
        ...


MediaHandlersWS: TypeAlias = Mapping[WebSocketPayloadType, TextBaseHandlerWS | BinaryBaseHandlerWS]
"""The handlers of a WebSocket, by the kind of payload that they are for."""


class JSONHandlerWS(TextBaseHandlerWS):
    """JSON in TEXT payloads: by default compact, ten times faster than the standard library's.

    `dumps` and `loads` replace the default functions, and are used as they are.

    By default datetimes, UUIDs, dataclasses and Structs can be sent; NaN and the infinities are
    ValueErrors both ways, and malformed text is a `json.JSONDecodeError` (RFC 8259).
    """

    def __init__(
        self,
        dumps: Callable[[object], str] | None = None,
        loads: Callable[[str], object] | None = None,
    ) -> None:
        self._dumps = _dumps if dumps is None else dumps
        self._loads = codecs.json.decode if loads is None else loads

    def serialize(self, media: object) -> str:
        """Return an object as JSON. Raises ValueError or TypeError for what JSON cannot hold."""
        return self._dumps(media)

    def deserialize(self, payload: str) -> object:
        """Return the object of a JSON text. Raises `json.JSONDecodeError`, or what `loads` does."""
        return self._loads(payload)

    def deserialize_as(self, payload: str, type: type[T]) -> T:
        """Return the object of a JSON text, validated into the type.

        What does not fit raises `MediaValidationError`. Where `loads` was given, or `deserialize`
        is overridden, what they return is converted.
        """
        overridden = self.__class__.deserialize is not JSONHandlerWS.deserialize
        if overridden or self._loads is not codecs.json.decode:
            return codecs.typed.convert(self.deserialize(payload), type)
        return codecs.json.decode_as(payload, type)


class MessagePackHandlerWS(BinaryBaseHandlerWS):
    """MessagePack in BINARY payloads, by the msgpack package: str and bytes stay apart."""

    def serialize(self, media: object) -> bytes:
        """Return an object as MessagePack. Raises TypeError, ValueError or OverflowError."""
        return codecs.msgpack.encode(media)

    def deserialize(self, payload: bytes) -> object:
        """Return the object of a payload. Raises ValueErrors of the msgpack package."""
        return codecs.msgpack.decode(payload)

    def deserialize_as(self, payload: bytes, type: type[T]) -> T:
        """Return the object of a payload, validated into the type.

        What does not fit raises `MediaValidationError`; timestamps become datetimes. Where
        `deserialize` is overridden, what it returns is converted.
        """
        if self.__class__.deserialize is not MessagePackHandlerWS.deserialize:
            return codecs.typed.convert(self.deserialize(payload), type)
        return codecs.msgpack.decode_as(payload, type)


def _dumps(media: object) -> str:
    return codecs.json.encode(media).decode()
