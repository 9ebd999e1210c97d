"""The media handlers of HTTP bodies."""

from __future__ import annotations

import json
from io import BytesIO

import pytest

from anyws.errors import MediaMalformedError, MediaNotFoundError
from anyws.media import BaseHandler, JSONHandler, JSONHandlerWS, MessagePackHandler

JSON, MSGPACK = "application/json", "application/msgpack"


class Body:
    """The body of a request that arrives when it is asked for."""

    def __init__(self, body: bytes) -> None:
        self.body = body

    async def read(self, size: int = -1, /) -> bytes:
        assert size == -1
        return self.body


class Upper(BaseHandler):
    def serialize(self, media: object, content_type: str) -> bytes:
        return f"{media} as {content_type}".upper().encode()

    def deserialize(
        self, stream: object, content_type: str | None, content_length: int | None
    ) -> object:
        assert isinstance(stream, BytesIO)
        return (stream.read(2), stream.read(), content_type, content_length)


async def test_a_plain_handler_serves_a_body_that_is_awaited() -> None:
    handler = Upper()
    assert await handler.serialize_async("a", "text/x") == b"A AS TEXT/X"
    assert await handler.deserialize_async(Body(b"abc"), "text/x; a=b", 3) == (
        b"ab",
        b"c",
        "text/x; a=b",
        3,
    )


async def test_the_base_handler_implements_nothing() -> None:
    handler = BaseHandler()
    with pytest.raises(NotImplementedError, match=r"BaseHandler has no serialize\(\)"):
        await handler.serialize_async({}, JSON)
    with pytest.raises(NotImplementedError, match=r"BaseHandler has no deserialize\(\)"):
        await handler.deserialize_async(Body(b""), JSON, 0)


async def test_json_bodies_are_read_and_written() -> None:
    handler = JSONHandler()
    assert await handler.serialize_async({"a": None}, JSON) == b'{"a":null}'
    assert await handler.deserialize_async(Body(b' {"a":1}'), JSON, None) == {"a": 1}


@pytest.mark.parametrize("media", [False, 0, "", [], None])
async def test_falsy_media_are_written(media: object) -> None:
    assert json.loads(await JSONHandler().serialize_async(media, JSON)) == media


async def test_messagepack_bodies_are_read_and_written() -> None:
    handler = MessagePackHandler()
    assert await handler.serialize_async({"a": b"b"}, MSGPACK) == b"\x81\xa1a\xc4\x01b"
    assert await handler.deserialize_async(Body(b"\x81\xa1a\x01"), MSGPACK, 4) == {"a": 1}


@pytest.mark.parametrize(
    ("handler", "name"), [(JSONHandler(), JSON), (MessagePackHandler(), MSGPACK)]
)
def test_an_empty_body_is_no_media(handler: BaseHandler, name: str) -> None:
    with pytest.raises(MediaNotFoundError) as caught:
        handler.deserialize(BytesIO(), name, 0)
    assert caught.value.media_type == name


@pytest.mark.parametrize(
    ("handler", "body", "words"),
    [
        (JSONHandler(), b'{"a":', "application/json: Expecting value: line 1 column 6"),
        (JSONHandler(), b" ", "Expecting value"),
        (JSONHandler(), b'"\xff"', "Not UTF-8"),
        (JSONHandler(), b"NaN", "NaN is not JSON"),
        (JSONHandler(), b"[" * 200_000, "Nested too deeply"),
        (JSONHandler(loads=json.loads), b"{", "Expecting property name"),
        (JSONHandler(loads=json.loads), b'"\xff"', "can't decode byte 0xff"),
        (JSONHandler(loads=json.loads), b"[" * 200_000, "well-formed"),
        (MessagePackHandler(), b"\x01\x02", "extra data"),
        (MessagePackHandler(), b"\xc1", "well-formed application/msgpack"),
        (MessagePackHandler(), b"\x91" * 5000, "well-formed"),
    ],
)
def test_a_malformed_body_is_a_400_with_its_cause(
    handler: BaseHandler, body: bytes, words: str
) -> None:
    with pytest.raises(MediaMalformedError, match=words) as caught:
        handler.deserialize(BytesIO(body), None, None)
    assert caught.value.status_code == 400
    assert caught.value.__cause__ is not None
    assert not str(caught.value).endswith(": ")


def test_functions_that_are_given_are_used_as_they_are() -> None:
    handler = JSONHandler(dumps=json.dumps, loads=lambda text: [text])
    assert handler.serialize({"a": "ü"}, JSON) == b'{"a": "\\u00fc"}'
    assert handler.deserialize(BytesIO("ü".encode()), JSON, None) == ["ü"]
    assert JSONHandler(dumps=lambda media: b"bytes").serialize(1, JSON) == b"bytes"


@pytest.mark.parametrize("media", [{"a": [1.5, None]}, {None: 1}, "ü", 2**70])
def test_better_bodies_and_messages_have_the_same_codec(media: object) -> None:
    text = JSONHandlerWS().serialize(media)
    body = JSONHandler().serialize(media, JSON)
    assert body == text.encode()
    assert JSONHandler().deserialize(BytesIO(body), JSON, None) == JSONHandlerWS().deserialize(
        text
    )
