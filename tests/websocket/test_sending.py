"""What goes out for each sending method, and what is refused."""

from __future__ import annotations

from array import array
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import closing
from typing import Any

import anyio
import msgpack  # type: ignore[import-untyped]  # has no types
import pytest

from anyws import WebSocket, WebSocketPayloadType
from anyws.media import BinaryBaseHandlerWS, TextBaseHandlerWS
from tests.websocket.scripted import Event, settle
from tests.websocket.sockets import opened

Method = Callable[[WebSocket, Any], Awaitable[None]]

BINARY = WebSocketPayloadType.BINARY
TEXT = WebSocketPayloadType.TEXT


async def _sent(send: Method, argument: Any) -> Event:
    """The one event that goes out for a call."""
    async with opened() as (server, ws):
        await send(ws, argument)
        [event] = server.sent[1:]
    assert server.kinds() == ["accept", "send", "close"]
    return event


@pytest.mark.parametrize("text", ["hi", "", "ü\U0001f600\x00"])
async def test_a_text_goes_out_alone_and_the_empty_one_is_a_message(text: str) -> None:
    assert await _sent(WebSocket.send_text, text) == {"type": "websocket.send", "text": text}


class Subclass(str):
    """A str all the same."""


async def test_a_subclass_of_str_is_a_text() -> None:
    assert (await _sent(WebSocket.send_text, Subclass("hi")))["text"] == "hi"


@pytest.mark.parametrize(
    ("payload", "data"),
    [
        pytest.param(b"hi", b"hi", id="bytes"),
        pytest.param(b"", b"", id="no bytes at all"),
        pytest.param(bytearray(b"\xff"), b"\xff", id="bytearray"),
        pytest.param(memoryview(b"abcdef")[::2], b"ace", id="strided memoryview"),
        pytest.param(memoryview(array("H", [1, 1])), array("H", [1, 1]).tobytes(), id="wide"),
    ],
)
async def test_data_goes_out_as_bytes_alone(
    payload: bytes | bytearray | memoryview, data: bytes
) -> None:
    event = await _sent(WebSocket.send_data, payload)
    assert event == {"type": "websocket.send", "bytes": data}
    assert type(event["bytes"]) is bytes


@pytest.mark.parametrize("payload", [b"bytes", None, 1, ["a"], {"a": 1}, object()])
async def test_anything_but_a_str_is_no_text_and_the_connection_is_unaffected(
    payload: Any,
) -> None:
    async with opened() as (server, ws):
        with pytest.raises(TypeError):
            await ws.send_text(payload)
        assert (ws.ready, ws.closed) == (True, False)
        await ws.send_text("next")
    assert server.kinds() == ["accept", "send", "close"]


@pytest.mark.parametrize("payload", ["text", None, 1, [1], array("b"), object()])
async def test_anything_but_bytes_is_no_data_and_the_connection_is_unaffected(
    payload: Any,
) -> None:
    async with opened() as (server, ws):
        with pytest.raises(TypeError):
            await ws.send_data(payload)
        assert (ws.ready, ws.closed) == (True, False)
        await ws.send_data(b"next")
    assert server.kinds() == ["accept", "send", "close"]


@pytest.mark.parametrize(
    ("receive", "send"),
    [
        pytest.param(WebSocket.receive_text, WebSocket.send_text, id="text"),
        pytest.param(WebSocket.receive_data, WebSocket.send_data, id="data"),
        pytest.param(WebSocket.receive_media, WebSocket.send_media, id="media"),
    ],
)
async def test_a_message_that_nobody_awaited_is_told_by_that(
    receive: Callable[[WebSocket], Coroutine[Any, Any, object]], send: Method
) -> None:
    async with opened() as (server, ws):
        with (
            closing(receive(ws)) as unawaited,
            pytest.raises(TypeError, match="was not awaited: put await in front"),
        ):
            await send(ws, unawaited)
    assert server.kinds() == ["accept", "close"]


async def test_media_is_json_as_text_unless_another_payload_type_is_given() -> None:
    media = {"a": [1, None, "ü"]}
    as_text = {"type": "websocket.send", "text": '{"a":[1,null,"ü"]}'}
    as_binary = {"type": "websocket.send", "bytes": msgpack.packb(media)}
    async with opened() as (server, ws):
        await ws.send_media(media)
        await ws.send_media(media, payload_type=TEXT)
        await ws.send_media(media, BINARY)
    assert server.sent[1:4] == [as_text, as_text, as_binary]


class Buffers(BinaryBaseHandlerWS):
    """A handler that gives what it is given."""

    def serialize(self, media: Any) -> bytes | bytearray | memoryview:
        payload: bytes | bytearray | memoryview = media
        return payload


@pytest.mark.parametrize("payload", [b"1", bytearray(b"1"), memoryview(b"1")])
async def test_what_a_binary_handler_gives_goes_out_as_bytes(payload: Any) -> None:
    async with opened(media_handlers={BINARY: Buffers()}) as (server, ws):
        await ws.send_media(payload, BINARY)
    assert server.sent[1] == {"type": "websocket.send", "bytes": b"1"}
    assert type(server.sent[1]["bytes"]) is bytes


@pytest.mark.parametrize("payload_type", ["TEXT", "text", 1, None, WebSocketPayloadType])
async def test_better_another_payload_type_is_a_type_error(payload_type: Any) -> None:
    async with opened() as (server, ws):
        with pytest.raises(TypeError, match="payload_type"):
            await ws.send_media({}, payload_type)
        await ws.send_media({})
    assert server.kinds() == ["accept", "send", "close"]


class Fault(Exception):
    """An error of a media handler's own."""


class Faulty(TextBaseHandlerWS):
    """A handler that can't encode anything."""

    def serialize(self, media: object) -> str:
        raise FAULT


class FaultyBinary(BinaryBaseHandlerWS):
    """A handler that can't encode anything."""

    def serialize(self, media: object) -> bytes:
        raise FAULT


FAULTY = {TEXT: Faulty(), BINARY: FaultyBinary()}


FAULT = Fault("can't encode")


@pytest.mark.parametrize("payload_type", WebSocketPayloadType)
async def test_a_handlers_own_error_comes_as_it_is_and_nothing_is_sent(
    payload_type: WebSocketPayloadType,
) -> None:
    async with opened(media_handlers=FAULTY) as (server, ws):
        with pytest.raises(Fault) as raised:
            await ws.send_media({}, payload_type)
        assert raised.value is FAULT
        await ws.send_text("next")
    assert server.texts() == ["next"]


async def test_json_and_messagepack_go_out_whatever_the_media_handlers_are() -> None:
    async with opened(media_handlers=FAULTY) as (server, ws):
        await ws.send_json({"a": "ü"})
        await ws.send_msgpack({"a": b"\xff"})
    assert server.sent[1:3] == [
        {"type": "websocket.send", "text": '{"a":"ü"}'},
        {"type": "websocket.send", "bytes": msgpack.packb({"a": b"\xff"})},
    ]


async def test_a_send_that_waits_for_the_first_time_in_a_scope_of_the_servers_own_goes_out() -> (
    None
):
    slow = False
    go_on = anyio.Event()

    async def on_send(event: Event) -> None:
        with anyio.fail_after(5):
            if slow:
                await go_on.wait()

    async with opened() as (server, ws), anyio.create_task_group() as group:
        server.on_send = on_send
        await ws.send_text("1")
        await ws.send_text("2")
        slow = True
        group.start_soon(ws.send_text, "3")
        await settle()
        assert server.texts() == ["1", "2"]
        go_on.set()
    assert server.texts() == ["1", "2", "3"]
