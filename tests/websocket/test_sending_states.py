"""Sending before accept, after a close, and after the client has left."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from anyws import (
    OperationNotAllowed,
    Request,
    WebSocket,
    WebSocketDisconnected,
    WebSocketPayloadType,
)
from tests.websocket.scripted import ScriptedServer, app_with, settle
from tests.websocket.sockets import opened

Method = Callable[[WebSocket, Any], Awaitable[None]]


async def _send_media_as_binary(ws: WebSocket, media: Any) -> None:
    await ws.send_media(media, WebSocketPayloadType.BINARY)


SENDS: list[Any] = [
    pytest.param(WebSocket.send_text, "text", id="text"),
    pytest.param(WebSocket.send_data, b"data", id="data"),
    pytest.param(WebSocket.send_media, {}, id="media"),
    pytest.param(_send_media_as_binary, {}, id="media as BINARY"),
    pytest.param(WebSocket.send_json, {}, id="json"),
    pytest.param(WebSocket.send_msgpack, {}, id="msgpack"),
]
# A wrong argument to each of them, so that a test can tell what is looked at first.
WRONG: list[Any] = [
    pytest.param(WebSocket.send_text, b"no str", id="text"),
    pytest.param(WebSocket.send_data, "no bytes", id="data"),
    pytest.param(WebSocket.send_media, object(), id="media"),
    pytest.param(_send_media_as_binary, object(), id="media as BINARY"),
    pytest.param(WebSocket.send_json, object(), id="json"),
    pytest.param(WebSocket.send_msgpack, object(), id="msgpack"),
]


@pytest.mark.parametrize(("send", "argument"), SENDS + WRONG)
async def test_before_accept_sending_is_not_allowed_whatever_the_argument_is(
    send: Method, argument: Any
) -> None:
    errors: list[Exception] = []

    async def responder(req: Request, ws: WebSocket) -> None:
        try:
            await send(ws, argument)
        except OperationNotAllowed as error:
            errors.append(error)
        await ws.accept()

    async with ScriptedServer(app_with(responder)) as server:
        pass
    assert len(errors) == 1
    assert server.kinds() == ["accept", "close"]


@pytest.mark.parametrize(("send", "argument"), SENDS + WRONG)
async def test_after_a_close_sending_raises_the_end_whatever_the_argument_is(
    send: Method, argument: Any
) -> None:
    async with opened() as (server, ws):
        await ws.close(4000, "enough")
        for _ in range(2):
            with pytest.raises(WebSocketDisconnected) as raised:
                await send(ws, argument)
            assert (raised.value.code, raised.value.reason) == (4000, "enough")
    assert server.kinds() == ["accept", "close"]


async def test_after_a_refused_handshake_sending_raises_the_end() -> None:
    codes: list[int] = []

    async def responder(req: Request, ws: WebSocket) -> None:
        await ws.close(4000)
        try:
            await ws.send_text("no")
        except WebSocketDisconnected as error:
            codes.append(error.code)

    async with ScriptedServer(app_with(responder)) as server:
        pass
    assert codes == [4000]
    assert server.kinds() == ["close"]


@pytest.mark.parametrize(("send", "argument"), SENDS)
async def test_better_once_the_disconnect_was_read_a_send_raises_its_code_and_sends_nothing(
    send: Method, argument: Any
) -> None:
    async with opened() as (server, ws):
        server.push_text("queued")
        server.push_disconnect(4001, "bye")
        assert ws.ready
        await settle()
        for _ in range(2):
            with pytest.raises(WebSocketDisconnected) as raised:
                await send(ws, argument)
            assert (raised.value.code, raised.value.reason) == (4001, "bye")
        assert await ws.receive_text() == "queued"
        with pytest.raises(WebSocketDisconnected):
            await ws.receive_text()
    assert server.kinds() == ["accept"]


async def test_better_a_sender_that_never_receives_sees_that_its_client_has_left() -> None:
    async with opened() as (server, ws):
        server.push_disconnect(4001)
        with pytest.raises(WebSocketDisconnected) as raised:
            for _ in range(200):
                await ws.send_text("still there?")
                await settle()
        assert raised.value.code == 4001
    assert len(server.texts()) < 10
