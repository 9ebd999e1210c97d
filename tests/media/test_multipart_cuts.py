"""Forms cut in two at each byte, and cut off there, beside the multipart package's own parser."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import pytest

from anyws import (
    ClientDisconnected,
    HTTPContentTooLarge,
    MultipartParseError,
    Request,
    RequestOptions,
)
from anyws.media import MultipartForm
from tests.http.exchanges import Event, Server, make_scope, part, raw
from tests.media.forms import BOUNDARY, CONTENT_TYPE, Field, Pieces, encode_form, open_form
from tests.media.readings import Reading, read_at_once, read_form, read_in_pieces

FORMS: Final = {
    "two fields": encode_form(Field("a", b"1"), Field("b", b"", filename="b.txt")),
    "no part": f"--{BOUNDARY}--\r\n".encode(),
    "no line's end at the end": encode_form(Field("a", b"1"))[:-2],
    "a preamble": b"longer than a delimiter\r\n and\r more\r\n" + encode_form(Field("a", b"1")),
    "an epilogue": encode_form(Field("a", b"1")) + f"more\r\n--{BOUNDARY}\r\nx".encode(),
    "names in UTF-8": encode_form(Field("ä", "ö".encode(), "ü € 😀.png", "image/png")),
    "names with quotes": encode_form(Field('a"b', b"1", 'c"\r\n"d', 'text/x; y="z;"')),
    "almost delimiters": encode_form(
        Field("a", f"--{BOUNDARY}\r\n\r\n-{BOUNDARY}\r\n--{BOUNDARY[:-1]}\r\n--".encode()),
        Field("b", b"\r\r\n\r\n\n\r"),
    ),
    "many headers": encode_form(
        Field("a", b"12", content_type="text/x;\r\n y=z\r\nX-A: 1\r\nx-a:2\r\nContent-Length: 2")
    ),
    "the shortest delimiters": encode_form(Field("", b"")),
}
BROKEN: Final = {
    "a preamble without a line's end": b"longer than a delimiter" + FORMS["two fields"],
    "a preamble that ends in a carriage return": b"longer than a delimiter\r" + FORMS["no part"],
    "a preamble that ends in a line feed": b"longer than a delimiter\n" + FORMS["two fields"],
    "line feeds alone": FORMS["two fields"].replace(b"\r\n", b"\n"),
    "a line feed alone after the first delimiter": FORMS["two fields"].replace(b"\r\n", b"\n", 1),
    "text after a delimiter": FORMS["two fields"].replace(
        b"\r\n--simple-boundary\r", b"\r\n--simple-boundary \r"
    ),
    "a header that is not UTF-8": FORMS["two fields"].replace(b'"b"', b'"\xff"'),
    "a header without a name": FORMS["two fields"].replace(b'"b"', b'"b"\r\n: x'),
    "another disposition": FORMS["two fields"].replace(b"form-data", b"attachment"),
    "a continuation of nothing": FORMS["two fields"].replace(b"Content", b" Content", 1),
    "less than the Content-Length of a part": encode_form(
        Field("a", b"12", content_type="text/x\r\nContent-Length: 3")
    ),
    "more than the Content-Length of a part": encode_form(
        Field("a", b"12", content_type="text/x\r\nContent-Length: 1")
    ),
    "a Content-Length that is no number": encode_form(
        Field("a", b"12", content_type="text/x\r\nContent-Length: 1_0")
    ),
    "a Content-Length without end": encode_form(
        Field("a", b"12", content_type=f"text/x\r\nContent-Length: {'9' * 5000}")
    ),
}

# Which of them the package lets pass depends on where the chunks end.
STRICTER: Final = {
    "a line feed in a header": FORMS["two fields"].replace(b'"a"', b'"a"\nX-A: 1'),
    "a carriage return in a header": FORMS["two fields"].replace(b'"a"', b'"a"\rX-A: 1'),
    "NUL in a header": FORMS["two fields"].replace(b'"b"', b'"\0"'),
}


@pytest.mark.parametrize("name", FORMS)
async def test_a_form_that_is_delivered_in_two_pieces_has_the_same_parts(name: str) -> None:
    body = FORMS[name]
    at_once = read_at_once(body)
    assert at_once.error is None
    for cut in range(len(body) + 1):
        assert await read_in_pieces([body[:cut], body[cut:]]) == at_once


@pytest.mark.parametrize("name", [*BROKEN, *STRICTER])
async def test_a_broken_form_is_broken_in_whatever_two_pieces_it_comes(name: str) -> None:
    if name in BROKEN:
        body = BROKEN[name]
        assert read_at_once(body).error is MultipartParseError
    else:
        body = STRICTER[name]
    for cut in range(min(len(body), 400) + 1):
        reading = await read_in_pieces([body[:cut], body[cut:]])
        assert reading.error is MultipartParseError
        assert await read_in_pieces(Pieces(body, cut + 1)) == reading


@pytest.mark.parametrize("name", FORMS)
async def test_a_form_that_is_cut_off_is_an_error_after_its_complete_parts(name: str) -> None:
    body = FORMS[name]
    end = body.index(f"--{BOUNDARY}--".encode()) + len(BOUNDARY) + 4
    for cut in range(1, len(body)):
        reading = await read_in_pieces([body[:cut]])
        assert reading == read_at_once(body[:cut])
        assert reading.error is (MultipartParseError if cut < end else None)


def ended(body: bytes, cut: int) -> list[Event]:
    """The request ends there, by what the client says."""
    return [part(body[:cut], more=False)]


def left(body: bytes, cut: int) -> list[Event]:
    """The client leaves there."""
    return [part(body[:cut]), {"type": "http.disconnect"}]


async def read_request(events: list[Event], **headers: str) -> Reading:
    scope = make_scope(method="POST", headers=raw({"Content-Type": CONTENT_TYPE, **headers}))
    form = await Request(scope, Server(*events).receive, options=RequestOptions()).get_media()
    assert isinstance(form, MultipartForm)
    return await read_form(form)


@pytest.mark.parametrize("name", ["two fields", "an epilogue", "a preamble"])
@pytest.mark.parametrize(("how", "announced"), [(left, False), (left, True), (ended, True)])
async def test_a_client_that_leaves_is_an_error_at_every_byte_of_a_form(
    name: str, how: Callable[[bytes, int], list[Event]], announced: bool
) -> None:
    body = FORMS[name]
    headers = {"Content-Length": str(len(body))} if announced else {}
    for cut in range(len(body)):
        with pytest.raises(ClientDisconnected):
            await read_request(how(body, cut), **headers)
    # All of it has come, if the client says how much that is.
    if announced:
        assert await read_request(how(body, len(body)), **headers) == read_at_once(body)
    else:
        with pytest.raises(ClientDisconnected):
            await read_request(how(body, len(body)), **headers)


@pytest.mark.parametrize("name", ["two fields", "an epilogue", "a preamble"])
async def test_a_request_that_ends_before_its_form_is_a_400_at_every_byte(name: str) -> None:
    body = FORMS[name]
    for cut in range(1, len(body) + 1):
        assert await read_request(ended(body, cut)) == read_at_once(body[:cut])


THREE: Final = encode_form(
    Field("a", b"1"),
    Field("bb", b"", filename="b.txt", content_type="text/x"),
    Field("c", b"\r\n--" + BOUNDARY[:-1].encode()),
)


@pytest.mark.parametrize("parts", [1, 2, 3])
async def test_the_limit_on_parts_is_that_of_the_package_in_whatever_pieces(parts: int) -> None:
    at_once = read_at_once(THREE, parts=parts)
    assert at_once.error is (HTTPContentTooLarge if parts < 3 else None)
    for cut in range(len(THREE)):
        pieces = [THREE[:cut], THREE[cut:]]
        assert await read_in_pieces(pieces, max_body_part_count=parts) == at_once


LONGEST: Final = len('Content-Disposition: form-data; name="bb"; filename="b.txt"\r\n')
ALL: Final = LONGEST + len("Content-Type: text/x\r\n")


@pytest.mark.parametrize("size", [1, 20, LONGEST - 3, LONGEST - 2, LONGEST, ALL - 1, ALL, ALL + 1])
async def test_the_limit_on_headers_is_that_of_the_package_for_all_of_a_part_in_whatever_pieces(
    size: int,
) -> None:
    at_once = read_at_once(THREE, headers_size=size)
    assert at_once.error is (HTTPContentTooLarge if size < LONGEST - 2 else None)
    # The package counts each line, anyws all that it keeps.
    expected = HTTPContentTooLarge if size < ALL else None
    for cut in range(len(THREE)):
        pieces = [THREE[:cut], THREE[cut:]]
        reading = await read_in_pieces(pieces, max_body_part_headers_size=size)
        assert reading.error is expected
        assert reading == at_once or len(reading.parts) <= 1
        assert reading == await read_in_pieces([THREE], max_body_part_headers_size=size)


@pytest.mark.parametrize("size", [0, 1, 20, 21, 22])
async def test_the_limit_on_a_part_that_is_read_whole_is_exact_in_whatever_pieces(
    size: int,
) -> None:
    for cut in range(len(THREE)):
        pieces = Pieces.of([THREE[:cut], THREE[cut:]])
        outcomes: list[Any] = []
        form = await open_form(pieces, max_body_part_buffer_size=size)
        async for found in form:
            try:
                outcomes.append(await found.get_data())
            except HTTPContentTooLarge:
                outcomes.append(None)
        whole = [b"1", b"", b"\r\n--" + BOUNDARY[:-1].encode()]
        assert outcomes == [data if len(data) <= size else None for data in whole]
