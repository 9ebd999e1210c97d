"""One part of a multipart form."""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from io import BytesIO
from typing import TYPE_CHECKING, Final

from anyws._misnomers import Misnomer
from anyws.errors import HTTPUnsupportedMediaType, MultipartParseError
from anyws.media.base import essence
from anyws.media.multipart.filenames import secure_filename
from anyws.media.multipart.parser import parameters_of

if TYPE_CHECKING:
    from anyws.media.multipart.options import MultipartOptions
    from anyws.media.multipart.parser import PartHead
    from anyws.media.multipart.part_stream import PartStream

# The encodings of host names are no charsets, and take minutes for a few megabytes.
_NO_CHARSETS: Final = frozenset({"idna", "punycode"})


class BodyPart:
    """One part of a form: `async for part in await req.get_media()`.

    It is to be read before the next one is asked for. There is nothing to close.
    """

    name: str
    """The name of the field; `''` where the part does not say."""

    filename: str | None
    """The name of the file as the client sent it, which may be anything: see `secure_filename`."""

    content_type: str
    """The media type with its parameters; `text/plain` where the part does not say."""

    headers: Mapping[str, str]
    """The header fields, by their names in lower case."""

    stream: PartStream
    """The body as it arrives, for parts of any size."""

    def __init__(self, head: PartHead, stream: PartStream, options: MultipartOptions) -> None:
        self.name, self.filename, self.content_type, self.headers = head
        self.stream = stream
        self._options = options
        self._data: bytes | None = None
        self._media: tuple[object] | None = None

    if not TYPE_CHECKING:
        data = Misnomer("write await part.get_data()")
        text = Misnomer("write await part.get_text()")
        media = Misnomer("write await part.get_media()")
        file = Misnomer("there is part.stream, and await part.get_data()")

    def __repr__(self) -> str:
        return f"<BodyPart {self.name!r} filename={self.filename!r} {self.content_type}>"

    @property
    def secure_filename(self) -> str:
        """The name of the file as one that is safe to write to, without directories.

        Different files may have the same one. Raises `MultipartParseError` if there is none.
        """
        try:
            return secure_filename(self.filename or "")
        except ValueError as error:
            raise MultipartParseError(
                description=f"The part {self.name!r} of the form must have a file name."
            ) from error

    async def get_data(self) -> bytes:
        """Read the part, or what is left of it; a second call gives the same bytes.

        Raises `HTTPContentTooLarge` (413) for more than `max_body_part_buffer_size` bytes.
        """
        if self._data is None:
            limit = self._options.max_body_part_buffer_size
            self._data = await self.stream.read_within(limit)
        return self._data

    async def get_text(self) -> str:
        """Read the part as text, in the charset of its Content-Type or else in UTF-8.

        Raises `MultipartParseError` if it is not text in that charset; else as `get_data()`.
        """
        charset = parameters_of(self.content_type).get("charset", "utf-8")
        data = await self.get_data()
        try:
            return _decode(data, charset)
        except (LookupError, ValueError) as error:
            raise MultipartParseError(
                description=f"The part {self.name!r} of the form is not text in {charset!r}."
            ) from error

    async def get_media(self) -> object:
        """Read the part as an object, by the handler of its media type; a second call gives the
        same object.

        Raises `HTTPUnsupportedMediaType` (415) if there is no handler, what the handler raises,
        and else as `get_data()`.
        """
        if self._media is None:
            handler = self._options.media_handlers.get(essence(self.content_type))
            if handler is None:
                raise HTTPUnsupportedMediaType(
                    description=f"There is no handler for {self.content_type} in a form."
                )
            data = await self.get_data()
            media = await handler.deserialize_async(_Buffered(data), self.content_type, len(data))
            self._media = (media,)
        return self._media[0]


class _Buffered:
    """The body of a part that has been read, for a media handler."""

    def __init__(self, data: bytes) -> None:
        self._body = BytesIO(data)

    async def read(self, size: int = -1, /) -> bytes:
        return self._body.read(size)


def _decode(data: bytes, charset: str) -> str:
    if codecs.lookup(charset).name in _NO_CHARSETS:
        raise LookupError(f"{charset} is no charset")
    return data.decode(charset)
