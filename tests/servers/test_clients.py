"""Clients that run on an event loop, each on the loops that it is for."""

from __future__ import annotations

import httpx
import pytest
from httpx_ws import (
    AsyncWebSocketSession,
    WebSocketDisconnect,
    WebSocketUpgradeError,
    aconnect_ws,
)
from trio_websocket import ConnectionClosed, ConnectionRejected

from tests.servers.clients import trio_client
from tests.servers.processes import PATIENCE, Server

ON_TRIO = pytest.mark.parametrize("anyio_backend", [("trio", {})], ids=["trio"])


async def test_httpx_gets_text_bytes_and_json_back(server: Server) -> None:
    client: AsyncWebSocketSession
    async with httpx.AsyncClient() as http:
        async with aconnect_ws(f"{server.http}/echo", http) as client:
            await client.send_text("text")
            assert await client.receive_text(timeout=PATIENCE) == "text"
            await client.send_bytes(b"\x00")
            assert await client.receive_bytes(timeout=PATIENCE) == b"\x00"
        async with aconnect_ws(f"{server.http}/echo/json", http) as client:
            await client.send_json({"a": 1})
            assert await client.receive_json(timeout=PATIENCE) == {"echo": {"a": 1}}


async def test_httpx_gets_the_close_code_and_the_reason(server: Server) -> None:
    client: AsyncWebSocketSession
    async with aconnect_ws(f"{server.http}/ends/closed/4001?reason=enough") as client:
        with pytest.raises(WebSocketDisconnect) as closed:
            await client.receive_text(timeout=PATIENCE)
    assert (closed.value.code, closed.value.reason) == (4001, "enough")


async def test_httpx_gets_a_403_where_the_handshake_is_refused(server: Server) -> None:
    with pytest.raises(WebSocketUpgradeError) as refused:
        async with aconnect_ws(f"{server.http}/handshake/forbidden"):
            pass
    assert refused.value.response.status_code == 403


@ON_TRIO
async def test_trio_websocket_gets_text_and_bytes_back(server: Server) -> None:
    async with trio_client(server, "/echo") as client:
        await client.send_message("text")
        assert await client.get_message() == "text"
        await client.send_message(b"\x00")
        assert await client.get_message() == b"\x00"


@ON_TRIO
async def test_trio_websocket_gets_the_subprotocol_and_the_headers(server: Server) -> None:
    async with trio_client(server, "/handshake/subprotocol", ["v1", "v2"]) as client:
        assert client.subprotocol == "v2"
    async with trio_client(server, "/handshake/headers") as client:
        parts = [value for name, value in client.handshake_headers if name == b"x-part"]
    assert parts == [b"one", b"two"]


@ON_TRIO
async def test_trio_websocket_gets_the_close_code_and_the_reason(server: Server) -> None:
    async with trio_client(server, "/ends/closed/4001?reason=enough") as client:
        with pytest.raises(ConnectionClosed) as closed:
            await client.get_message()
    end = closed.value.reason
    assert end is not None
    assert (end.code, end.reason) == (4001, "enough")


@ON_TRIO
async def test_trio_websocket_gets_a_403_where_the_handshake_is_refused(server: Server) -> None:
    with pytest.RaisesGroup(
        pytest.RaisesExc(ConnectionRejected, check=lambda refused: refused.status_code == 403)
    ):
        async with trio_client(server, "/handshake/forbidden"):
            pass
