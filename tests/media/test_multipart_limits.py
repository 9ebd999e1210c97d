"""How much a multipart form may have."""

from __future__ import annotations

import pytest

from anyws.errors import HTTPContentTooLarge
from anyws.media import BodyPart, MultipartFormHandler
from tests.media.forms import FORM, Field, Pieces, encode_form, open_form


@pytest.mark.parametrize("size", [1, 8, 1000])
async def test_a_form_may_have_so_many_parts(size: int) -> None:
    form = await open_form(Pieces(FORM, size), max_body_part_count=2)
    assert [(await anext(form)).name for _ in range(2)] == ["a", "b"]
    with pytest.raises(HTTPContentTooLarge, match="Maximum segment count exceeded"):
        await anext(form)
    assert len([part async for part in await open_form(FORM, max_body_part_count=None)]) == 3


@pytest.mark.parametrize("size", [1, 8, 1000])
@pytest.mark.parametrize(
    "extra", [b"X-Long: " + b"x" * 60, b"\r\n".join([b"X-Short: xxxxxxxxxxx"] * 4)]
)
async def test_the_headers_of_a_part_may_have_so_many_bytes(extra: bytes, size: int) -> None:
    head = b'--simple-boundary\r\nContent-Disposition: form-data; name="a"\r\n'
    body = head + extra + b"\r\n\r\nx\r\n--simple-boundary--"
    form = await open_form(Pieces(body, size), max_body_part_headers_size=100)
    with pytest.raises(HTTPContentTooLarge):
        await anext(form)
    form = await open_form(Pieces(body, size), max_body_part_headers_size=200)
    assert (await anext(form)).headers["content-disposition"] == 'form-data; name="a"'


async def test_a_single_header_may_be_as_long_as_all_of_them() -> None:
    form = await open_form(encode_form(Field("a", b"", filename="x" * 8000)))
    assert len((await anext(form)).filename or "") == 8000


async def test_a_part_that_is_read_whole_may_have_so_many_bytes() -> None:
    async def first(limit: int | None) -> BodyPart:
        form = await open_form(Pieces(FORM, 1), max_body_part_buffer_size=limit)
        return await anext(form)

    assert await (await first(5)).get_data() == b"first"
    assert await (await first(None)).get_text() == "first"
    part = await first(4)
    for _ in range(2):
        with pytest.raises(HTTPContentTooLarge, match="must not be longer than 4 bytes"):
            await part.get_data()
    # A stream has no such limit, and nothing is lost.
    assert await part.stream.readall() == b"first"


def test_the_limits_are_options_of_the_handler() -> None:
    options = MultipartFormHandler(max_body_part_buffer_size=7).parse_options
    assert (options.max_body_part_count, options.max_body_part_headers_size) == (64, 8192)
    assert options.max_body_part_buffer_size == 7
    options.max_body_part_count = 3
    with pytest.raises(ValueError, match=r"max_body_part_count must be an int of at least 1, or"):
        options.max_body_part_count = 0
    with pytest.raises(ValueError, match=r"max_body_part_headers_size must be an int"):
        MultipartFormHandler(max_body_part_headers_size="1")  # type: ignore[arg-type]  # as meant
