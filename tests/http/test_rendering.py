"""What is sent for a response."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import pytest

from anyws import HTTPInternalServerError, Response
from anyws.http.rendering import Rendered, render
from anyws.media import BaseHandler, Handlers
from tests.http.exchanges import make_request, make_response


class Source:
    def __aiter__(self) -> Source:
        return self

    async def __anext__(self) -> bytes:
        raise StopAsyncIteration


class Reader:
    async def read(self, size: int) -> bytes:
        return b""


async def rendered(response: Response, *, head: bool = False) -> tuple[Rendered, dict[str, str]]:
    result = await render(response, head=head)
    headers = {name.decode(): value.decode("latin-1") for name, value in result.headers}
    return result, headers


async def test_an_empty_response_has_a_length_of_zero_and_no_type() -> None:
    result, headers = await rendered(make_response())
    assert result == Rendered(200, [(b"content-length", b"0")], b"")
    assert headers == {"content-length": "0"}


@pytest.mark.parametrize(
    ("name", "value", "body"),
    [
        ("text", "caf\xe9", b"caf\xc3\xa9"),
        ("data", b"\xff", b"\xff"),
        ("data", bytearray(b"x"), b"x"),
        ("data", memoryview(b"xy"), b"xy"),
        ("media", {"a": 1}, b'{"a":1}'),
    ],
)
async def test_a_body_has_its_length_and_the_default_type(
    name: str, value: Any, body: bytes
) -> None:
    response = make_response()
    setattr(response, name, value)
    result, headers = await rendered(response)
    assert result.body == body
    assert type(result.body) is bytes
    assert headers == {"content-length": str(len(body)), "content-type": "application/json"}


@pytest.mark.parametrize(
    ("media", "body"), [(False, b"false"), (0, b"0"), ("", b'""'), ([], b"[]"), ({}, b"{}")]
)
async def test_falsy_media_is_rendered(media: object, body: bytes) -> None:
    response = make_response()
    response.media = media
    assert (await render(response, head=False)).body == body


async def test_media_is_written_in_the_type_that_was_set() -> None:
    response = make_response()
    response.media = {"a": "b"}
    response.content_type = "application/x-www-form-urlencoded"
    result, headers = await rendered(response)
    assert result.body == b"a=b"
    assert headers["content-type"] == "application/x-www-form-urlencoded"


class Whispering(BaseHandler):
    async def serialize_async(self, media: object, content_type: str) -> bytes:
        return f"{content_type}:{media}".encode()


async def test_a_handler_may_be_asynchronous_and_sees_the_whole_type() -> None:
    response = make_response(media_handlers=Handlers({"text/x": Whispering()}))
    response.content_type = "text/x; y=z"
    response.media = 5
    assert (await render(response, head=False)).body == b"text/x; y=z:5"


async def test_a_type_without_a_handler_is_the_programs_error_and_not_the_clients() -> None:
    response = make_response()
    response.content_type = "image/png"
    response.media = 5
    with pytest.raises(ValueError, match=r"no media handler writes resp\.media as 'image/png'"):
        await render(response, head=False)


async def test_an_error_of_the_handler_comes_as_it_is() -> None:
    class Failing(BaseHandler):
        def serialize(self, media: object, content_type: str) -> bytes:
            raise HTTPInternalServerError(title="no")

    response = make_response(media_handlers=Handlers({"application/json": Failing()}))
    response.media = 1
    with pytest.raises(HTTPInternalServerError):
        await render(response, head=False)


async def test_the_first_of_sse_text_data_media_and_stream_is_sent() -> None:
    response = make_response()
    sse: Any = Source()
    stream = Source()
    response.sse = sse
    response.text, response.data, response.media, response.stream = "t", b"d", "m", stream
    result = await render(response, head=False)
    assert (result.body, result.sse, result.stream) == (None, sse, None)
    response.sse = None
    assert (await render(response, head=False)).body == b"t"
    response.text = None
    assert (await render(response, head=False)).body == b"d"
    response.data = None
    assert (await render(response, head=False)).body == b'"m"'
    response.media = None
    result = await render(response, head=False)
    assert (result.body, result.sse, result.stream) == (None, None, stream)


async def test_an_empty_text_is_a_body() -> None:
    response = make_response()
    response.text, response.data = "", b"d"
    result, headers = await rendered(response)
    assert result.body == b""
    assert headers["content-length"] == "0"


@pytest.mark.parametrize("source", [Source(), Reader()])
async def test_a_stream_has_the_length_that_was_announced_or_none(source: Any) -> None:
    response = make_response()
    response.stream = source
    _, headers = await rendered(response)
    assert headers == {"content-type": "application/json"}
    response.set_stream(source, 5)
    _, headers = await rendered(response)
    assert headers["content-length"] == "5"


async def test_events_have_their_type_are_not_stored_and_have_no_length() -> None:
    response = make_response()
    response.sse = Source()  # type: ignore[assignment]  # what it gives is of no interest here
    response.content_length = 5
    _, headers = await rendered(response)
    assert headers == {"content-type": "text/event-stream", "cache-control": "no-store"}


@pytest.mark.parametrize("status", [100, 103, 204, 304])
async def test_nothing_but_headers_is_sent_for_1xx_204_and_304(status: int) -> None:
    response = make_response()
    response.status = status
    response.text, response.stream = "t", Source()
    response.etag = "x"
    result, headers = await rendered(response)
    assert result == Rendered(status, [(b"etag", b'"x"')], b"")
    assert headers == {"etag": '"x"'}


@pytest.mark.parametrize("status", [100, 204])
async def test_there_is_no_content_length_where_there_can_be_no_content(status: int) -> None:
    response = make_response()
    response.status = status
    response.content_length = 5
    assert (await render(response, head=False)).headers == []


async def test_a_304_keeps_the_length_that_was_set() -> None:
    response = make_response()
    response.status = 304
    response.content_length = 5
    assert (await render(response, head=False)).headers == [(b"content-length", b"5")]


@pytest.mark.parametrize(
    ("name", "value"), [("text", "abc"), ("data", b"abc"), ("media", 5), ("stream", Source())]
)
async def test_a_head_gets_the_headers_of_a_get_and_no_body(name: str, value: Any) -> None:
    response = make_response()
    setattr(response, name, value)
    get, get_headers = await rendered(response)
    head, head_headers = await rendered(response, head=True)
    assert head_headers == get_headers
    assert head == get._replace(body=b"", stream=None)


async def test_a_head_responder_says_the_length_itself_or_not_at_all() -> None:
    response = make_response()
    assert (await render(response, head=True)).headers == []
    response.content_length = 5
    assert (await render(response, head=True)).headers == [(b"content-length", b"5")]


async def test_the_length_of_a_body_is_what_it_is_whatever_was_set() -> None:
    response = make_response()
    response.content_length = 500
    response.text = "abc"
    _, headers = await rendered(response)
    assert headers["content-length"] == "3"


@pytest.mark.parametrize(
    "name",
    [
        "Connection",
        "Keep-Alive",
        "Proxy-Connection",
        "TE",
        "Trailer",
        "Transfer-Encoding",
        "Upgrade",
    ],
)
async def test_hop_by_hop_headers_are_dropped_with_a_debug_log(
    name: str, caplog: pytest.LogCaptureFixture
) -> None:
    response = make_response()
    response.set_header(name, "x")
    with caplog.at_level(logging.DEBUG, logger="anyws"):
        _, headers = await rendered(response)
    assert headers == {"content-length": "0"}
    (record,) = caplog.records
    assert record.levelno == logging.DEBUG
    assert name.lower() in record.getMessage()
    assert response.get_header(name) == "x"


async def test_a_426_says_what_to_upgrade_to() -> None:
    response = make_response()
    response.status = 426
    response.set_header("Upgrade", "websocket")
    _, headers = await rendered(response)
    assert headers["upgrade"] == "websocket"


async def test_headers_are_sent_in_order_with_the_cookies_last() -> None:
    response = make_response()
    response.append_header("Set-Cookie", "a=1")
    response.append_header("Set-Cookie", "b=2")
    response.set_header("X-B", "caf\xe9 ")
    response.set_header("X-A", "1")
    assert (await render(response, head=False)).headers == [
        (b"x-b", b"caf\xe9"),
        (b"x-a", b"1"),
        (b"content-length", b"0"),
        (b"set-cookie", b"a=1"),
        (b"set-cookie", b"b=2"),
    ]


@pytest.mark.parametrize(
    ("name", "value", "remedy"),
    [
        ("text", b"x", "resp.text is a str"),
        ("data", "x", "resp.data is bytes"),
        ("stream", [b"x"], "asynchronous iterable"),
        ("stream", b"x", "asynchronous iterable"),
        ("sse", iter(()), "call a generator function"),
    ],
)
async def test_a_body_of_the_wrong_type_is_a_type_error_with_a_remedy(
    name: str, value: Any, remedy: str
) -> None:
    response = make_response()
    setattr(response, name, value)
    with pytest.raises(TypeError, match=remedy):
        await render(response, head=False)


async def give() -> bytes:
    return b""


@pytest.mark.parametrize("name", ["text", "data", "media", "stream", "sse"])
async def test_a_coroutine_in_the_place_of_a_body_is_a_type_error_that_says_so(name: str) -> None:
    response = make_response()
    coroutine = give()
    setattr(response, name, coroutine)
    with pytest.raises(TypeError, match="was not awaited: put await in front of what gives it"):
        await render(response, head=False)
    coroutine.close()


@pytest.mark.parametrize("content_type", ["application/json", "application/msgpack"])
@pytest.mark.parametrize("wrap", [lambda media: media, lambda media: {"got": [media]}])
async def test_media_of_the_request_that_was_not_awaited_is_a_type_error_that_says_so(
    content_type: str, wrap: Callable[[object], object]
) -> None:
    response = make_response()
    response.content_type = content_type
    response.media = wrap(make_request().media)
    with pytest.raises(TypeError, match=r"await req\.media, or await req\.get_media\(\)"):
        await render(response, head=False)


async def test_rendering_does_not_change_the_response() -> None:
    response = make_response()
    response.media = {"a": 1}
    before = dict(vars(response))
    await render(response, head=False)
    await render(response, head=True)
    assert vars(response) == before
    assert response.headers == {}
