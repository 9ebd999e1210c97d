"""The media handler of multipart forms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from anyws.errors import MediaNotFoundError
from anyws.media.base import AsyncReadable, BaseHandler
from anyws.media.defaults import default_handlers
from anyws.media.multipart.options import MultipartOptions
from anyws.media_types import MEDIA_MULTIPART

if TYPE_CHECKING:
    from anyws.media.multipart.form import MultipartForm


class MultipartFormHandler(BaseHandler):
    """Bodies of `multipart/form-data` (RFC 7578), which are read part by part while they arrive.

    The media is a `MultipartForm`: `async for part in await req.get_media()`. The arguments are
    the first values of `parse_options`, which can be changed. Forms cannot be sent.
    """

    parse_options: MultipartOptions
    """The limits, and what reads the media of parts."""

    def __init__(
        self,
        *,
        max_body_part_count: int | None = 64,
        max_body_part_headers_size: int = 8192,
        max_body_part_buffer_size: int | None = 2**20,
        media_handlers: Mapping[str, BaseHandler] | None = None,
    ) -> None:
        self.parse_options = MultipartOptions(
            max_body_part_count=max_body_part_count,
            max_body_part_headers_size=max_body_part_headers_size,
            max_body_part_buffer_size=max_body_part_buffer_size,
            media_handlers=default_handlers() if media_handlers is None else media_handlers,
        )

    async def deserialize_async(
        self, stream: AsyncReadable, content_type: str | None, content_length: int | None
    ) -> MultipartForm:
        """Return the form, of which nothing has been read.

        Raises `MultipartParseError` if the Content-Type has no boundary, `MediaNotFoundError` if
        the body is empty.
        """
        if content_length == 0:
            raise MediaNotFoundError(MEDIA_MULTIPART)
        # Most programs read no forms, and the parser takes long to import.
        from anyws.media.multipart.form import MultipartForm
        from anyws.media.multipart.parser import FormParser, boundary_of

        options = self.parse_options
        parser = FormParser(boundary_of(content_type or ""), options)
        return MultipartForm(stream, parser, options)
