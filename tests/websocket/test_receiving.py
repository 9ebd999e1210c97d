"""What the receiving methods give, and what they raise."""

from __future__ import annotations

import json
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import msgpack  # type: ignore[import-untyped]  # has no types
import pytest
from anyio import BusyResourceError, create_task_group

from anyws import (
    OperationNotAllowed,
    PayloadTypeError,
    Request,
    WebSocket,
    WebSocketDisconnected,
)
from tests.websocket.scripted import ScriptedServer, app_with, settle
from tests.websocket.sockets import opened

Call = Callable[[WebSocket], Awaitable[object]]

RECEIVES: list[Any] = [
    pytest.param(WebSocket.receive_text, id="text"),
    pytest.param(WebSocket.receive_data, id="data"),
    pytest.param(WebSocket.receive_media, id="media"),
    pytest.param(WebSocket.receive_json, id="json"),
    pytest.param(WebSocket.receive_msgpack, id="msgpack"),
]
QUEUES = pytest.mark.parametrize("queue", [0, 1, 4])


@pytest.mark.parametrize("text", ["hi", "", "ü\U0001f600"])
@pytest.mark.parametrize("absent", [{}, {"bytes": None}])
async def test_text_comes_as_str_and_the_empty_text_is_a_message(
    text: str, absent: dict[str, Any]
) -> None:
    async with opened() as (server, ws):
        server.push("websocket.receive", text=text, **absent)
        assert await ws.receive_text() == text


@pytest.mark.parametrize("data", [b"hi", b"", b"\xff\x00"])
@pytest.mark.parametrize("absent", [{}, {"text": None}])
async def test_data_comes_as_bytes_and_no_bytes_at_all_are_a_message(
    data: bytes, absent: dict[str, Any]
) -> None:
    async with opened() as (server, ws):
        server.push("websocket.receive", bytes=data, **absent)
        assert await ws.receive_data() == data


async def test_media_is_decoded_by_the_kind_of_its_payload() -> None:
    async with opened() as (server, ws):
        server.push("websocket.receive", text='{"a": 1}')
        server.push("websocket.receive", bytes=msgpack.packb({"b": 2}))
        server.push("websocket.receive", text='{"c": 3}', bytes=None)
        server.push("websocket.receive", text=None, bytes=msgpack.packb({"d": b"4"}))
        media = [await ws.receive_media() for _ in range(4)]
    assert media == [{"a": 1}, {"b": 2}, {"c": 3}, {"d": b"4"}]


@pytest.mark.parametrize("receive", RECEIVES)
@pytest.mark.parametrize("fields", [{}, {"text": None, "bytes": None}])
async def test_a_message_with_neither_payload_is_a_payload_type_error(
    receive: Call, fields: dict[str, Any]
) -> None:
    async with opened() as (server, ws):
        server.push("websocket.receive", **fields)
        server.push_text("next")
        with pytest.raises(PayloadTypeError):
            await receive(ws)
        assert await ws.receive_text() == "next"


@QUEUES
@pytest.mark.parametrize("receive", [WebSocket.receive_text, WebSocket.receive_json])
async def test_binary_where_text_is_asked_for_is_consumed_and_the_connection_goes_on(
    receive: Call, queue: int
) -> None:
    async with opened(max_receive_queue=queue) as (server, ws):
        server.push("websocket.receive", bytes=b"1")
        server.push_text("2")
        with pytest.raises(PayloadTypeError) as raised:
            await receive(ws)
        assert isinstance(raised.value, TypeError)
        assert await ws.receive_text() == "2"
        await ws.send_text("3")
    assert server.kinds() == ["accept", "send", "close"]


@QUEUES
@pytest.mark.parametrize("receive", [WebSocket.receive_data, WebSocket.receive_msgpack])
async def test_text_where_binary_is_asked_for_is_consumed_and_the_connection_goes_on(
    receive: Call, queue: int
) -> None:
    async with opened(max_receive_queue=queue) as (server, ws):
        server.push_text("1")
        server.push("websocket.receive", bytes=b"2")
        with pytest.raises(PayloadTypeError):
            await receive(ws)
        assert await ws.receive_data() == b"2"


@pytest.mark.parametrize("receive", [WebSocket.receive_media, WebSocket.receive_json])
async def test_malformed_json_is_consumed_and_the_connection_goes_on(receive: Call) -> None:
    async with opened() as (server, ws):
        server.push_text("{")
        server.push_text("[]")
        with pytest.raises(json.JSONDecodeError):
            await receive(ws)
        assert await receive(ws) == []


@pytest.mark.parametrize("receive", [WebSocket.receive_media, WebSocket.receive_msgpack])
async def test_malformed_messagepack_is_consumed_and_the_connection_goes_on(receive: Call) -> None:
    async with opened() as (server, ws):
        server.push("websocket.receive", bytes=b"\x93\x01")
        server.push("websocket.receive", bytes=b"\x90")
        with pytest.raises(ValueError, match=r"(?s).*"):
            await receive(ws)
        assert await receive(ws) == []


@pytest.mark.parametrize("receive", RECEIVES)
async def test_receiving_before_accept_is_not_allowed_and_takes_nothing(receive: Call) -> None:
    errors: list[Exception] = []
    texts: list[str] = []

    async def responder(req: Request, ws: WebSocket) -> None:
        with pytest.raises(OperationNotAllowed) as raised:
            await receive(ws)
        errors.append(raised.value)
        await ws.accept()
        texts.append(await ws.receive_text())

    async with ScriptedServer(app_with(responder)) as server:
        server.push_text("kept")
    assert len(errors) == 1
    assert texts == ["kept"]


@QUEUES
@pytest.mark.parametrize("receive", RECEIVES)
async def test_every_receive_after_the_disconnect_raises_it_and_the_server_is_not_asked_again(
    receive: Call, queue: int
) -> None:
    async with opened(max_receive_queue=queue) as (server, ws):
        server.push_disconnect(4001, "bye")
        for _ in range(3):
            with pytest.raises(WebSocketDisconnected) as raised:
                await receive(ws)
            assert (raised.value.code, raised.value.reason) == (4001, "bye")
        assert server.receives == 2
        assert (ws.closed, ws.ready, ws.close_code, ws.close_reason) == (True, False, 4001, "bye")
    assert server.receives == 2
    assert server.kinds() == ["accept"]


@pytest.mark.parametrize("fields", [{}, {"code": None}, {"code": None, "reason": None}])
async def test_better_a_disconnect_without_a_code_has_the_code_1000(
    fields: dict[str, Any],
) -> None:
    async with opened() as (server, ws):
        server.push("websocket.disconnect", **fields)
        with pytest.raises(WebSocketDisconnected) as raised:
            await ws.receive_text()
        assert raised.value.code == 1000
        assert not raised.value.reason
        assert ws.close_code == 1000


@pytest.mark.parametrize("watched", [False, True], ids=["read by the call", "read ahead"])
@pytest.mark.parametrize("kind", ["websocket.connect", "websocket.send", "http.request"])
async def test_better_an_event_that_no_server_may_send_closes_with_1011_and_is_logged(
    kind: str, watched: bool, caplog: pytest.LogCaptureFixture
) -> None:
    async with opened() as (server, ws):
        server.push(kind)
        if watched:
            assert ws.ready
            await settle()
        with pytest.raises(WebSocketDisconnected) as raised:
            await ws.receive_text()
        assert raised.value.code == 1011
        assert ws.closed
    assert server.close_event["code"] == 1011
    [record] = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert record.name.split(".")[0] == "anyws"
    assert kind in record.getMessage()


@QUEUES
@pytest.mark.parametrize("watched", [False, True], ids=["read by the call", "read ahead"])
async def test_better_a_second_receive_at_once_is_a_busy_resource_error(
    queue: int, watched: bool
) -> None:
    async with opened(max_receive_queue=queue) as (server, ws), create_task_group() as group:
        if watched:
            assert ws.ready
            await settle()
        got: list[str] = []
        group.start_soon(_receive_into, ws, got)
        await settle()
        for receive in (ws.receive_text, ws.receive_data, ws.receive_media):
            with pytest.raises(BusyResourceError):
                await receive()
        server.push_text("for the first")
        await settle()
        assert got == ["for the first"]
        server.push_text("again")
        assert await ws.receive_text() == "again"


async def _receive_into(ws: WebSocket, got: list[str]) -> None:
    got.append(await ws.receive_text())


@QUEUES
async def test_one_task_may_send_while_another_receives(queue: int) -> None:
    async with opened(max_receive_queue=queue) as (server, ws), create_task_group() as group:
        got: list[str] = []
        group.start_soon(_receive_into, ws, got)
        await settle()
        for number in range(20):
            await ws.send_text(str(number))
        assert got == []
        server.push_text("at last")
        await settle()
        assert got == ["at last"]
    assert server.texts() == [str(number) for number in range(20)]
