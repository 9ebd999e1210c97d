"""Media handlers of HTTP bodies that are one object: JSON and MessagePack."""

from __future__ import annotations

from collections.abc import Callable
from typing import BinaryIO

from anyws.errors import MediaNotFoundError
from anyws.media import codecs
from anyws.media.base import BaseHandler, malformed
from anyws.media_types import MEDIA_JSON, MEDIA_MSGPACK


class JSONHandler(BaseHandler):
    """JSON bodies (RFC 8259), by the codec that `JSONHandlerWS` has as well.

    `dumps`, which may return str or bytes, and `loads`, which is called with a str, replace the
    default functions. A ValueError of `loads` is a malformed body.
    """

    def __init__(
        self,
        dumps: Callable[[object], str | bytes] | None = None,
        loads: Callable[[str], object] | None = None,
    ) -> None:
        self._dumps = codecs.json.encode if dumps is None else dumps
        self._loads = codecs.json.decode if loads is None else _from_bytes(loads)

    def serialize(self, media: object, content_type: str) -> bytes:
        """Return an object as JSON. Raises ValueError or TypeError for what JSON cannot hold."""
        encoded = self._dumps(media)
        return encoded.encode() if isinstance(encoded, str) else encoded

    def deserialize(
        self, stream: BinaryIO, content_type: str | None, content_length: int | None
    ) -> object:
        """Return the object of a body. Raises `MediaNotFoundError`, `MediaMalformedError`."""
        return _read(stream, self._loads, MEDIA_JSON)


class MessagePackHandler(BaseHandler):
    """MessagePack bodies, by the codec that `MessagePackHandlerWS` has as well."""

    def serialize(self, media: object, content_type: str) -> bytes:
        """Return an object as MessagePack. Raises TypeError, ValueError or OverflowError."""
        return codecs.msgpack.encode(media)

    def deserialize(
        self, stream: BinaryIO, content_type: str | None, content_length: int | None
    ) -> object:
        """Return the object of a body. Raises `MediaNotFoundError`, `MediaMalformedError`."""
        return _read(stream, codecs.msgpack.decode, MEDIA_MSGPACK)


def _read(stream: BinaryIO, loads: Callable[[bytes], object], media_type: str) -> object:
    body = stream.read()
    if not body:
        raise MediaNotFoundError(media_type)
    try:
        return loads(body)
    except (ValueError, RecursionError) as error:
        raise malformed(media_type, error) from error


def _from_bytes(loads: Callable[[str], object]) -> Callable[[bytes], object]:
    return lambda body: loads(str(body, "utf-8"))
