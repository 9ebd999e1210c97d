"""Bodies that are larger than memory, or than is allowed, or that never arrive in full."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from typing import Final

import pytest

from anyws import MEDIA_MULTIPART, App, ClientDisconnected, HTTPContentTooLarge, Request, Response
from anyws.media import MultipartForm, MultipartFormHandler
from tests.media.forms import BOUNDARY, CONTENT_TYPE, Field, encode_form
from tests.soak.uploads import CHUNK, GIB, MIB, Client, blank_chunks, exchange, measured_memory

Reader = Callable[[Request], Awaitable[object]]
"""Reads the body of a request to its end; what it gives is its size, where it tells."""

BOUND: Final = 2 * MIB
"""Bytes that any exchange may take at a time."""


async def iterate(req: Request) -> object:
    return sum([len(chunk) async for chunk in req.stream])


async def read_in_amounts(req: Request) -> object:
    size = 0
    while chunk := await req.stream.read(100_001):
        size += len(chunk)
    return size


async def exhaust(req: Request) -> object:
    await req.stream.exhaust()
    return None


async def read(req: Request) -> object:
    return len(await req.stream.read())


async def get_media(req: Request) -> object:
    return await req.get_media()


async def open_form(req: Request) -> MultipartForm:
    form = await req.get_media()
    assert isinstance(form, MultipartForm)
    return form


async def iterate_over_parts(req: Request) -> object:
    size = 0
    async for part in await open_form(req):
        size += sum([len(chunk) async for chunk in part.stream])
    return size


async def read_parts_in_amounts(req: Request) -> object:
    size = 0
    async for part in await open_form(req):
        while chunk := await part.stream.read(100_001):
            size += len(chunk)
    return size


async def get_parts(req: Request) -> object:
    return [await part.get_data() async for part in await open_form(req)]


async def pass_over_parts(req: Request) -> object:
    return [part.name async for part in await open_form(req)]


class Seen:
    """What came of reading."""

    result: object = None
    error: Exception | None = None


def make_app(read_body: Reader, *, max_body_size: int | None) -> tuple[App, Seen]:
    """Give an application that reads, and what it will have seen."""
    seen = Seen()

    class Resource:
        async def on_post(self, req: Request, resp: Response) -> None:
            try:
                seen.result = await read_body(req)
            except Exception as error:
                seen.error = error
                raise

    app = App()
    app.req_options.max_body_size = max_body_size
    app.add_route("/", Resource())
    return app, seen


def form_of(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Make a form with one file."""
    yield from head_of([])
    yield b'; filename="a"\r\n\r\n'
    yield from chunks
    yield f"\r\n--{BOUNDARY}--\r\n".encode()


def head_of(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Make a form whose first header goes on like this."""
    yield f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="a"'.encode()
    yield from chunks


def preamble_of(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Make a form that has this in front of it."""
    yield from chunks
    yield b"\r\n"
    yield from form_of([b"x"])


@pytest.mark.parametrize(
    ("read_body", "size"), [(iterate, GIB), (read_in_amounts, GIB // 4), (exhaust, GIB // 4)]
)
async def test_a_body_of_a_gibibyte_streams_through_in_constant_memory(
    read_body: Reader, size: int
) -> None:
    app, seen = make_app(read_body, max_body_size=size)
    client = Client(blank_chunks(size))
    with measured_memory() as memory:
        await exchange(app, client, Content_Length=str(size))
    assert client.status == 200
    assert seen.result in (size, None)
    assert memory.peak < BOUND


@pytest.mark.parametrize(
    ("read_body", "size", "result"),
    [
        (iterate_over_parts, GIB, GIB),
        (read_parts_in_amounts, GIB // 4, GIB // 4),
        (pass_over_parts, GIB // 4, ["a"]),
    ],
)
async def test_a_file_of_a_gibibyte_is_uploaded_in_constant_memory(
    read_body: Reader, size: int, result: object
) -> None:
    app, seen = make_app(read_body, max_body_size=None)
    client = Client(form_of(blank_chunks(size)))
    with measured_memory() as memory:
        await exchange(app, client, Content_Type=CONTENT_TYPE)
    assert client.status == 200
    assert seen.result == result
    assert memory.peak < BOUND


async def test_a_response_of_a_gibibyte_is_streamed_in_constant_memory() -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for chunk in blank_chunks(GIB):
            yield chunk

    class Resource:
        async def on_get(self, req: Request, resp: Response) -> None:
            resp.set_stream(chunks(), GIB)

    app = App()
    app.add_route("/", Resource())
    client = Client([])
    with measured_memory() as memory:
        await exchange(app, client, "GET")
    assert (client.status, client.body_size) == (200, GIB)
    assert memory.peak < BOUND


async def test_what_stands_in_front_of_a_form_takes_no_memory() -> None:
    app, seen = make_app(iterate_over_parts, max_body_size=None)
    client = Client(preamble_of(blank_chunks(GIB // 4)))
    with measured_memory() as memory:
        await exchange(app, client, Content_Type=CONTENT_TYPE)
    assert (client.status, seen.result) == (200, 1)
    assert memory.peak < BOUND


@pytest.mark.parametrize(
    ("make", "most"),
    # One chunk more than the limit: that on the headers of a part, on a part that is read whole.
    [(head_of, 8192), (form_of, MIB)],
)
async def test_a_part_beyond_its_limit_is_a_413_while_it_arrives(
    make: Callable[[Iterable[bytes]], Iterator[bytes]], most: int
) -> None:
    app, seen = make_app(get_parts, max_body_size=None)
    client = Client(make(blank_chunks(GIB)))
    with measured_memory() as memory:
        await exchange(app, client, Content_Type=CONTENT_TYPE)
    assert client.status == 413
    assert isinstance(seen.error, HTTPContentTooLarge)
    # Each form begins with small pieces.
    assert client.asked_for_before_answer <= most // CHUNK + 1 + 2
    assert memory.peak < 4 * MIB


FORM: Final = encode_form(Field("a", b"1"))
READERS: Final = {
    "iterating": (iterate, "text/plain", b"a body"),
    "reading amounts": (read_in_amounts, "text/plain", b"a body"),
    "reading": (read, "text/plain", b"a body"),
    "exhausting": (exhaust, "text/plain", b"a body"),
    "JSON": (get_media, "application/json", b'{"a": [1]}'),
    "MessagePack": (get_media, "application/msgpack", b"\x93\x01\x02\x03"),
    "urlencoded": (get_media, "application/x-www-form-urlencoded", b"a=1&b=2"),
    "parts": (iterate_over_parts, CONTENT_TYPE, FORM),
    "parts in amounts": (read_parts_in_amounts, CONTENT_TYPE, FORM),
    "parts as a whole": (get_parts, CONTENT_TYPE, FORM),
    "parts passed over": (pass_over_parts, CONTENT_TYPE, FORM),
}


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize("limit", [MIB, MIB + 1, 10])
async def test_a_body_beyond_the_limit_is_a_413_while_it_arrives(name: str, limit: int) -> None:
    read_body, content_type, _ = READERS[name]
    app, seen = make_app(read_body, max_body_size=limit)
    app.req_options.media_handlers[MEDIA_MULTIPART] = MultipartFormHandler(
        max_body_part_buffer_size=None
    )
    chunks = blank_chunks(GIB)
    client = Client(form_of(chunks) if content_type == CONTENT_TYPE else chunks)
    with measured_memory() as memory:
        await exchange(app, client, Content_Type=content_type)
    assert client.status == 413
    assert isinstance(seen.error, HTTPContentTooLarge)
    beginnings = 2 if content_type == CONTENT_TYPE else 0
    assert client.asked_for_before_answer <= limit // CHUNK + 1 + beginnings
    assert memory.peak < 4 * MIB


@pytest.mark.parametrize("name", READERS)
async def test_an_announced_body_beyond_the_limit_is_a_413_before_it_arrives(name: str) -> None:
    read_body, content_type, body = READERS[name]
    app, seen = make_app(read_body, max_body_size=10**9)
    client = Client([body[:1], body[1:]])
    await exchange(app, client, Content_Type=content_type, Content_Length=str(10**9 + 1))
    assert client.status == 413
    assert isinstance(seen.error, HTTPContentTooLarge)
    # It is the event that a server is asked for before there is a request at all.
    assert client.asked_for_before_answer == 1


@pytest.mark.parametrize("name", READERS)
async def test_a_body_of_exactly_the_limit_is_read(name: str) -> None:
    read_body, content_type, body = READERS[name]
    app, seen = make_app(read_body, max_body_size=len(body))
    client = Client([body])
    await exchange(app, client, Content_Type=content_type)
    assert (client.status, seen.error) == (200, None)


def whole(body: bytes) -> list[bytes]:
    return [body]


def byte_by_byte(body: bytes) -> list[bytes]:
    # A server has to say something, or else there is no request.
    return [b"", *(bytes([byte]) for byte in body)]


@pytest.mark.parametrize("split", [whole, byte_by_byte])
@pytest.mark.parametrize("is_announced", [False, True])
@pytest.mark.parametrize("name", READERS)
async def test_a_client_that_leaves_is_never_a_silent_end_wherever_it_leaves(
    name: str, is_announced: bool, split: Callable[[bytes], list[bytes]]
) -> None:
    read_body, content_type, body = READERS[name]
    headers = {"Content_Type": content_type}
    if is_announced:
        headers["Content_Length"] = str(len(body))
    # Without an announcement nobody knows that all of it has come.
    for position in range(len(body) + (not is_announced)):
        app, seen = make_app(read_body, max_body_size=MIB)
        await exchange(app, Client(split(body[:position]), leaves=True), **headers)
        assert isinstance(seen.error, ClientDisconnected), position
        assert seen.result is None


@pytest.mark.parametrize("name", READERS)
async def test_a_body_that_ends_before_its_announced_length_is_a_client_that_left(
    name: str,
) -> None:
    read_body, content_type, body = READERS[name]
    for position in range(len(body)):
        app, seen = make_app(read_body, max_body_size=MIB)
        client = Client(whole(body[:position]))
        await exchange(app, client, Content_Type=content_type, Content_Length=str(len(body)))
        assert isinstance(seen.error, ClientDisconnected), position
