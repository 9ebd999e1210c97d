"""Objects over a WebSocket: the handlers in use, types, and what does not fit."""

from __future__ import annotations

import json
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypedDict

import msgpack  # type: ignore[import-untyped]  # has no types
import msgspec
import pytest

from anyws import (
    App,
    MediaValidationError,
    Request,
    WebSocket,
    WebSocketPayloadType,
)
from anyws.media import JSONHandlerWS, MessagePackHandlerWS
from tests.websocket.scripted import ScriptedServer, app_with
from tests.websocket.sockets import opened

Call = Callable[[WebSocket], Awaitable[object]]

TEXT = WebSocketPayloadType.TEXT
BINARY = WebSocketPayloadType.BINARY


class Point(msgspec.Struct):
    x: int
    y: int = 0


@dataclass
class Named:
    name: str


class Sized(TypedDict):
    size: int


def test_the_handlers_are_those_of_json_and_messagepack_unless_they_are_changed() -> None:
    handlers = App().ws_options.media_handlers
    assert set(handlers) == {TEXT, BINARY}
    assert type(handlers[TEXT]) is JSONHandlerWS
    assert type(handlers[BINARY]) is MessagePackHandlerWS
    del handlers[TEXT]
    assert TEXT in App().ws_options.media_handlers


@pytest.mark.parametrize("send", [WebSocket.send_media, WebSocket.send_json])
async def test_better_json_is_compact_utf8_and_encodes_what_msgspec_does(
    send: Callable[[WebSocket, object], Awaitable[None]],
) -> None:
    async with opened() as (server, ws):
        await send(ws, {"a": [1, "ü"], "at": datetime(2024, 5, 6, tzinfo=UTC)})
        await send(ws, [uuid.UUID(int=1), Named("n"), Point(1)])
        with pytest.raises(ValueError, match=r"(?i)nan|inf"):
            await send(ws, [float("nan")])
    assert server.texts() == [
        '{"a":[1,"ü"],"at":"2024-05-06T00:00:00Z"}',
        '["00000000-0000-0000-0000-000000000001",{"name":"n"},{"x":1,"y":0}]',
    ]


@pytest.mark.parametrize("receive", [WebSocket.receive_media, WebSocket.receive_json])
@pytest.mark.parametrize("text", ["", "{", "[1,]", "nope", pytest.param("[" * 100_000, id="deep")])
async def test_better_malformed_json_is_a_json_decode_error_however_deep_it_is(
    receive: Call, text: str
) -> None:
    async with opened() as (server, ws):
        server.push_text(text)
        server.push_text("1")
        with pytest.raises(json.JSONDecodeError):
            await receive(ws)
        assert await receive(ws) == 1


@pytest.mark.parametrize("receive", [WebSocket.receive_media, WebSocket.receive_json])
@pytest.mark.parametrize("text", ["NaN", "[Infinity]", '{"a":-Infinity}'])
async def test_better_nan_and_the_infinities_are_value_errors_and_are_consumed(
    receive: Call, text: str
) -> None:
    async with opened() as (server, ws):
        server.push_text(text)
        server.push_text("1")
        with pytest.raises(ValueError, match=r"(?s).+"):
            await receive(ws)
        assert await receive(ws) == 1


async def test_messagepack_keeps_str_and_bytes_apart() -> None:
    media = {"text": "ü", "data": b"\xff", "none": None}
    async with opened() as (server, ws):
        await ws.send_media(media, BINARY)
        await ws.send_msgpack(media)
        server.push("websocket.receive", bytes=msgpack.packb(media))
        server.push("websocket.receive", bytes=msgpack.packb(media))
        assert await ws.receive_media() == media
        assert await ws.receive_msgpack() == media
    for event in server.sent[1:3]:
        assert msgpack.unpackb(event["bytes"]) == media


async def test_functions_given_to_the_json_handler_are_used_as_they_are() -> None:
    def dumps(media: object) -> str:
        return f"<{media}>"

    def loads(text: str) -> object:
        return text[1:-1]

    handlers = {TEXT: JSONHandlerWS(dumps=dumps, loads=loads)}
    async with opened(media_handlers=handlers) as (server, ws):
        await ws.send_media("out")
        server.push_text("<in>")
        assert await ws.receive_media() == "in"
    assert server.texts() == ["<out>"]


def _text(media: object) -> dict[str, Any]:
    return {"text": json.dumps(media)}


def _data(media: object) -> dict[str, Any]:
    return {"bytes": msgpack.packb(media)}


TYPED = pytest.mark.parametrize(
    ("receive", "encode"),
    [
        pytest.param(WebSocket.receive_media, _text, id="TEXT media"),
        pytest.param(WebSocket.receive_media, _data, id="BINARY media"),
        pytest.param(WebSocket.receive_json, _text, id="json"),
        pytest.param(WebSocket.receive_msgpack, _data, id="msgpack"),
    ],
)


@TYPED
@pytest.mark.parametrize(
    ("kind", "media", "expected"),
    [
        pytest.param(Point, {"x": 1}, Point(1), id="Struct"),
        pytest.param(Named, {"name": "n"}, Named("n"), id="dataclass"),
        pytest.param(Sized, {"size": 3}, {"size": 3}, id="TypedDict"),
        pytest.param(Point | str, "s", "s", id="union"),
        pytest.param(list[Point], [{"x": 2}], [Point(2)], id="list"),
    ],
)
async def test_better_a_message_is_validated_into_a_type(
    receive: Callable[..., Awaitable[object]],
    encode: Callable[[object], dict[str, Any]],
    kind: Any,
    media: object,
    expected: object,
) -> None:
    async with opened() as (server, ws):
        server.push("websocket.receive", **encode(media))
        assert await receive(ws, type=kind) == expected


@TYPED
async def test_better_a_message_that_does_not_fit_the_type_is_consumed(
    receive: Callable[..., Awaitable[object]], encode: Callable[[object], dict[str, Any]]
) -> None:
    async with opened() as (server, ws):
        server.push("websocket.receive", **encode({"x": "one"}))
        server.push("websocket.receive", **encode({"x": 1}))
        with pytest.raises(MediaValidationError) as raised:
            await receive(ws, type=Point)
        assert isinstance(raised.value, ValueError)
        assert await receive(ws, type=Point) == Point(1)


async def test_better_a_message_that_does_not_fit_closes_with_3400_if_nobody_handles_it() -> None:
    async def responder(req: Request, ws: WebSocket) -> None:
        await ws.accept()
        await ws.receive_media(type=Point)

    async with ScriptedServer(app_with(responder)) as server:
        server.push_text("[]")
    assert server.close_event["code"] == 3400
