"""The media handler of HTTP bodies that all others build on."""

from __future__ import annotations

from io import BytesIO
from typing import BinaryIO, Protocol

from anyws.errors import MediaMalformedError


class AsyncReadable(Protocol):
    """The body of a request, as far as a media handler needs it."""

    async def read(self, size: int = -1, /) -> bytes:
        """Return up to `size` bytes, everything that is left for -1, b'' at the end."""
        ...


class BaseHandler:
    """Turns the bodies of one media type into objects and back. Subclasses override what they can.

    A handler overrides `serialize` and `deserialize`, or, where it has to wait for something,
    `serialize_async` and `deserialize_async`, which are what the framework calls.

    `content_type` is the whole header, with its parameters; `content_length` is in bytes, None if
    the client did not say.
    """

    def serialize(self, media: object, content_type: str) -> bytes:
        """Return the body for an object. Here: NotImplementedError."""
        raise NotImplementedError(f"{type(self).__name__} has no serialize()")

    def deserialize(
        self, stream: BinaryIO, content_type: str | None, content_length: int | None
    ) -> object:
        """Return the object of a body. Here: NotImplementedError.

        By convention an empty body raises `MediaNotFoundError`, a malformed one
        `MediaMalformedError`.
        """
        raise NotImplementedError(f"{type(self).__name__} has no deserialize()")

    async def serialize_async(self, media: object, content_type: str) -> bytes:
        """Return the body for an object. Here: what `serialize` returns."""
        return self.serialize(media, content_type)

    async def deserialize_async(
        self, stream: AsyncReadable, content_type: str | None, content_length: int | None
    ) -> object:
        """Return the object of a body. Here: reads all of it and calls `deserialize`.

        Cancelled, it leaves the stream where the last read ended. What the stream raises comes
        as it is.
        """
        body = await stream.read()
        return self.deserialize(BytesIO(body), content_type, content_length)


def essence(media_type: str) -> str:
    """Return type and subtype alone, in lower case (RFC 9110, section 8.3.1)."""
    return media_type.partition(";")[0].strip().lower()


def malformed(media_type: str, error: Exception) -> MediaMalformedError:
    """Return the error for a body at which a parser raised one, whose text the client gets."""
    description = f"The body is not well-formed {media_type}: {error}"
    return MediaMalformedError(media_type, description=description.removesuffix(": "))
