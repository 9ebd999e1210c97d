"""One part of a multipart form: what it says of itself, and the ways to read it."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest

from anyws.errors import (
    HTTPUnsupportedMediaType,
    MediaMalformedError,
    MediaNotFoundError,
    MultipartParseError,
)
from anyws.media import BaseHandler, BodyPart
from tests.media.forms import Field, Pieces, encode_form, open_form


async def part_of(field: Field, *, size: int = 2**16, **options: Any) -> BodyPart:
    return await anext(await open_form(Pieces(encode_form(field), size), **options))


async def test_a_part_says_what_it_is() -> None:
    part = await part_of(Field('a "b"', b"", filename="ä%.TXT", content_type="Text/HTML; q=1"))
    assert (part.name, part.filename) == ('a "b"', "ä%.TXT")
    assert part.content_type == "Text/HTML; q=1"
    assert set(part.headers) == {"content-disposition", "content-type"}
    assert repr(part) == "<BodyPart 'a \"b\"' filename='ä%.TXT' Text/HTML; q=1>"


async def test_a_part_without_a_content_type_is_plain_text_and_no_file() -> None:
    part = await part_of(Field("a", b""))
    assert (part.content_type, part.filename) == ("text/plain", None)


async def test_repeated_headers_of_a_part_are_joined() -> None:
    part = await part_of(Field("a", b"", content_type="text/x\r\nX-A: 1\r\nX-A: 2"))
    assert part.headers["x-a"] == "1, 2"


async def test_the_name_of_a_file_is_made_safe() -> None:
    assert (await part_of(Field("a", b"", filename="../x y.txt"))).secure_filename == "x_y.txt"
    for filename in (None, "", "../"):
        part = await part_of(Field("a", b"", filename=filename))
        with pytest.raises(MultipartParseError, match="'a' of the form must have a file name"):
            _ = part.secure_filename


@pytest.mark.parametrize("size", [1, 4, 1000])
async def test_a_stream_is_read_in_any_amounts(size: int) -> None:
    stream = (await part_of(Field("a", b"0123456789"), size=size)).stream
    assert not stream.eof
    assert await stream.read(0) == b""
    assert await stream.read(3) == b"012"
    assert await anext(stream) + await stream.read() == b"3456789"
    assert stream.eof
    assert [await stream.read(1), await stream.read(None), await stream.readall()] == [b""] * 3
    assert [chunk async for chunk in stream] == []


async def test_a_stream_can_be_exhausted() -> None:
    stream = (await part_of(Field("a", b"0123456789"), size=4)).stream
    await stream.exhaust()
    assert stream.eof


async def test_the_chunks_of_a_stream_are_never_empty() -> None:
    stream = (await part_of(Field("a", b"0123\r\n56789"), size=3)).stream
    chunks = [chunk async for chunk in stream]
    assert all(chunks)
    assert b"".join(chunks) == b"0123\r\n56789"


async def test_data_is_read_once_and_is_what_the_stream_has_left() -> None:
    part = await part_of(Field("a", b"0123456789"), size=4)
    assert await part.stream.read(2) == b"01"
    assert [await part.get_data(), await part.get_data()] == [b"23456789"] * 2
    assert await part.get_text() == "23456789"


@pytest.mark.parametrize(
    ("data", "content_type", "text"),
    [
        ("ä".encode(), None, "ä"),
        ("ä".encode(), "text/plain; charset=UTF-8", "ä"),
        ("ä".encode("latin-1"), "text/plain; charset=iso-8859-1", "ä"),
        ("ä".encode("utf-16"), 'text/plain; charset="utf-16"', "ä"),
        (b"", "text/plain", ""),
    ],
)
async def test_text_is_read_in_its_charset(
    data: bytes, content_type: str | None, text: str
) -> None:
    part = await part_of(Field("a", data, content_type=content_type))
    assert await part.get_text() == text


@pytest.mark.parametrize(
    ("data", "charset"),
    [
        (b"\xff", "utf-8"),
        (b"\xff", "ascii"),
        (b"a", "no-such-charset"),
        (b"a", "base64"),
        # It would take minutes for a form that is within the limits.
        (b"a", "punycode"),
        (b"a", "IDNA"),
    ],
)
async def test_text_that_is_none_is_an_error(data: bytes, charset: str) -> None:
    part = await part_of(Field("a", data, content_type=f"text/plain; charset={charset}"))
    with pytest.raises(MultipartParseError, match=f"'a' of the form is not text in '{charset}'"):
        await part.get_text()
    assert await part.get_data() == data


async def test_media_is_read_once_by_the_handler_of_its_type() -> None:
    part = await part_of(Field("a", b'{"a": 1}', content_type="Application/JSON; charset=utf-8"))
    media = await part.get_media()
    assert media == {"a": 1}
    assert await part.get_media() is media
    part = await part_of(Field("a", b"b=c", content_type="application/x-www-form-urlencoded"))
    assert await part.get_media() == {"b": "c"}


async def test_media_can_have_handlers_of_its_own() -> None:
    class Lines(BaseHandler):
        def deserialize(
            self, stream: Any, content_type: str | None, content_length: int | None
        ) -> object:
            assert isinstance(stream, BytesIO)
            return stream.readlines(), content_type, content_length

    handlers = {"text/plain": Lines()}
    part = await part_of(Field("a", b"b\nc"), media_handlers=handlers)
    assert await part.get_media() == ([b"b\n", b"c"], "text/plain", 3)
    part = await part_of(Field("a", b"", content_type="text/csv"), media_handlers=handlers)
    with pytest.raises(HTTPUnsupportedMediaType, match="no handler for text/csv in a form"):
        await part.get_media()


@pytest.mark.parametrize(
    ("data", "error"), [(b"", MediaNotFoundError), (b"{", MediaMalformedError)]
)
async def test_media_that_cannot_be_read_is_the_handlers_error(
    data: bytes, error: type[Exception]
) -> None:
    part = await part_of(Field("a", data, content_type="application/json"))
    for _ in range(2):
        with pytest.raises(error):
            await part.get_media()
