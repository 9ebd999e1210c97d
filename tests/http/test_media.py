"""The body of a request as an object."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import anyio
import pytest

from anyws import (
    ClientDisconnected,
    HTTPContentTooLarge,
    HTTPUnsupportedMediaType,
    MediaMalformedError,
    MediaNotFoundError,
    Request,
    RequestOptions,
)
from anyws.media import BaseHandler, Handlers
from anyws.testing import wait_all_tasks_blocked
from tests.http.exchanges import Server, make_request, make_scope, part, request_with_body

MSGPACK = "application/msgpack"
FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    ("content_type", "body", "media"),
    [
        ("application/json", b'{"a": [1, "\xc3\xa9"]}', {"a": [1, "\xe9"]}),
        ("application/json; charset=utf-8", b"0", 0),
        ("Application/JSON", b'""', ""),
        (MSGPACK, b"\x81\xa1a\xc4\x01x", {"a": b"x"}),
        (FORM, b"a=1&b=2&a=3", {"a": ["1", "3"], "b": "2"}),
    ],
)
async def test_a_body_is_read_by_the_handler_of_its_type(
    content_type: str, body: bytes, media: object
) -> None:
    request = request_with_body(body[:2], body[2:], headers={"Content-Type": content_type})
    assert await request.get_media() == media


async def test_a_body_without_a_type_is_of_the_default_one() -> None:
    assert await request_with_body(b"[1]").get_media() == [1]
    request = request_with_body(b"a=1", default_media_type=FORM)
    assert await request.get_media() == {"a": "1"}


async def test_media_is_read_once_and_kept() -> None:
    request = request_with_body(b'{"a": 1}')
    media = await request.media
    assert media == {"a": 1}
    assert await request.media is media
    assert await request.get_media() is media


async def test_falsy_media_is_kept_too() -> None:
    request = request_with_body(b"null")
    assert await request.media is None
    assert await request.get_media(default_when_empty=5) is None


async def test_an_empty_body_is_a_400_or_the_default() -> None:
    request = request_with_body()
    with pytest.raises(MediaNotFoundError):
        await request.get_media()
    assert await request.get_media(default_when_empty=None) is None
    assert await request.get_media(default_when_empty={}) == {}
    with pytest.raises(MediaNotFoundError):
        await request.media


async def test_a_malformed_body_is_a_400_also_where_there_is_a_default() -> None:
    request = request_with_body(b"{")
    with pytest.raises(MediaMalformedError) as first:
        await request.get_media(default_when_empty=None)
    with pytest.raises(MediaMalformedError) as second:
        await request.media
    assert second.value is first.value


async def test_an_unknown_type_is_a_415() -> None:
    request = request_with_body(b"x", headers={"Content-Type": "image/png"})
    for _ in range(2):
        with pytest.raises(HTTPUnsupportedMediaType):
            await request.media


async def test_a_body_beyond_the_limit_is_a_413() -> None:
    with pytest.raises(HTTPContentTooLarge):
        await request_with_body(b"[1, 2]", max_body_size=5).media


async def test_a_client_that_leaves_in_the_middle_of_a_body_is_no_media() -> None:
    receive = Server(part(b"[1"), {"type": "http.disconnect"}).receive
    request = Request(make_scope(method="POST"), receive, options=RequestOptions())
    for _ in range(2):
        with pytest.raises(ClientDisconnected):
            await request.media


async def test_a_cancelled_call_is_as_if_it_had_not_been() -> None:
    server = Server(part(b"[1,"))
    request = Request(make_scope(method="POST"), server.receive, options=RequestOptions())
    async with anyio.create_task_group() as group:
        group.start_soon(request.get_media)
        await wait_all_tasks_blocked()
        group.cancel_scope.cancel()
    server.events.append(part(b"2]", more=False))
    assert await request.media == [1, 2]


class Shouting(BaseHandler):
    async def deserialize_async(
        self, stream: Any, content_type: str | None, content_length: int | None
    ) -> object:
        return (await stream.read()).upper(), content_type, content_length


async def test_a_handler_may_read_the_stream_itself() -> None:
    request = request_with_body(
        b"ab",
        headers={"Content-Type": "text/x; y=z", "Content-Length": "2"},
        media_handlers=Handlers({"text/x": Shouting()}),
    )
    assert await request.media == (b"AB", "text/x; y=z", 2)


def unpack(**values: object) -> object:
    return values


@pytest.mark.parametrize(
    "use",
    [
        lambda media: media["a"],
        lambda media: media.__setitem__("a", 1),
        lambda media: list(media),
        lambda media: dict(media),
        lambda media: {**media},
        lambda media: unpack(**media),
        lambda media: media.keys(),
        lambda media: aiter(media),
        lambda media: "a" in media,
        lambda media: len(media),
        lambda media: bool(media),
        lambda media: not media,
        lambda media: media == {},
        lambda media: media != {},
        lambda media: media(),
        lambda media: str(media),
        lambda media: f"{media}",
    ],
)
def test_using_media_without_awaiting_it_is_a_type_error_that_says_so(
    use: Callable[[Any], object],
) -> None:
    with pytest.raises(TypeError, match=r"media = await req\.media, .* await req\.get_media\(\)"):
        use(make_request().media)


@pytest.mark.parametrize("name", ["get", "items", "name"])
def test_an_attribute_of_media_that_was_not_awaited_is_an_error_that_says_so(name: str) -> None:
    media = make_request().media
    with pytest.raises(AttributeError, match=r"media = await req\.media"):
        getattr(media, name)


@pytest.mark.parametrize("use", [hash, lambda media: media | {}, lambda media: media < 1])
def test_where_python_words_the_error_the_class_says_that_media_was_not_awaited(
    use: Callable[[Any], object],
) -> None:
    with pytest.raises(TypeError, match="'UnawaitedMedia'"):
        use(make_request().media)


def test_media_that_was_not_awaited_can_be_looked_at_in_a_debugger() -> None:
    assert repr(make_request().media).startswith("<unawaited req.media: write await req.media")
