"""What comes of reading a form: by the multipart package at once, and by anyws in pieces."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO
from typing import Any, NamedTuple

import multipart  # type: ignore[import-untyped]  # has no types

from anyws.errors import HTTPContentTooLarge, HTTPError, MultipartParseError
from anyws.media import BodyPart, MultipartForm
from tests.media.forms import BOUNDARY, Pieces, open_form


class Part(NamedTuple):
    """A part that was read to its end."""

    name: str
    filename: str | None
    data: bytes


class Reading(NamedTuple):
    """The complete parts of a form, and what error ended it."""

    parts: list[Part]
    error: type[HTTPError] | None = None


def read_at_once(body: bytes, *, parts: int = 64, headers_size: int = 8192) -> Reading:
    """Read a form by the package alone, all of it in one piece."""
    parser = multipart.MultipartParser(
        BytesIO(body),
        BOUNDARY,
        buffer_size=2**20,
        part_limit=parts,
        headersize_limit=headers_size,
    )
    read: list[Part] = []
    try:
        for part in parser:
            read.append(Part(part.name, part.filename, part.raw))
    except multipart.ParserLimitReached:
        return Reading(read, HTTPContentTooLarge)
    except multipart.MultipartError:
        return Reading(read, MultipartParseError)
    return Reading(read)


async def read_in_pieces(
    pieces: Iterable[bytes] | Pieces, *, ask_for: int | None = None, **options: Any
) -> Reading:
    """Read a form that arrives in pieces; its parts as well, if a number of bytes is given."""
    body = pieces if isinstance(pieces, Pieces) else Pieces.of(pieces)
    return await read_form(await open_form(body, **options), ask_for)


async def read_form(form: MultipartForm, ask_for: int | None = None) -> Reading:
    """Read all of a form."""
    read: list[Part] = []
    try:
        async for part in form:
            data = await _read_part(part, ask_for)
            read.append(Part(part.name, part.filename, data))
    except HTTPError as error:
        return Reading(read, type(error))
    return Reading(read)


async def _read_part(part: BodyPart, size: int | None) -> bytes:
    if size is None:
        return b"".join([chunk async for chunk in part.stream])
    data = b""
    while chunk := await part.stream.read(size):
        assert len(chunk) == size or part.stream.eof
        data += chunk
    return data
