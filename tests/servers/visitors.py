"""One and the same visit with each of the packages for clients."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, NamedTuple, TypeAlias

import httpx
import httpx_ws
import pytest
import trio
import trio_websocket
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from tests.servers.clients import trio_client
from tests.servers.processes import PATIENCE, Server

Messages: TypeAlias = Sequence[str | bytes]


class Visit(NamedTuple):
    """What a client heard, and the code of the close frame that ended it."""

    heard: list[str]
    code: int | None


class Refusal(NamedTuple):
    """The response that refuses a handshake."""

    status: int
    headers: httpx.Headers
    body: bytes


@dataclass(frozen=True)
class Visitor:
    """A package for clients."""

    name: str
    visit: Callable[[Server, str, Messages], Visit]
    """Send messages, and listen until the server closes the connection."""
    be_refused: Callable[[Server, str], Refusal]

    def __str__(self) -> str:
        return self.name


def _visit_by_websockets(server: Server, path: str, messages: Messages) -> Visit:
    heard: list[str] = []
    with connect(server.ws + path) as client:
        with suppress(ConnectionClosed):
            for message in messages:
                client.send(message)
        with pytest.raises(ConnectionClosed) as closed:
            while True:
                heard.append(str(client.recv(timeout=PATIENCE)))
    frame = closed.value.rcvd
    return Visit(heard, None if frame is None else frame.code)


def _refuse_websockets(server: Server, path: str) -> Refusal:
    with pytest.raises(InvalidStatus) as refused, connect(server.ws + path):
        pass
    response = refused.value.response
    headers = httpx.Headers(list(response.headers.raw_items()))
    return Refusal(response.status_code, headers, bytes(response.body))


def _visit_by_httpx(server: Server, path: str, messages: Messages) -> Visit:
    heard: list[str] = []
    client: httpx_ws.WebSocketSession
    with httpx_ws.connect_ws(server.http + path) as client:
        with suppress(httpx_ws.WebSocketDisconnect, httpx_ws.WebSocketNetworkError):
            for message in messages:
                if isinstance(message, str):
                    client.send_text(message)
                else:
                    client.send_bytes(message)
        with pytest.raises(httpx_ws.WebSocketDisconnect) as closed:
            while True:
                heard.append(client.receive_text(timeout=PATIENCE))
    return Visit(heard, closed.value.code)


def _refuse_httpx(server: Server, path: str) -> Refusal:
    # The package reads no bodies, and has closed the connection when one gets its exception.
    with (
        httpx.Client(event_hooks={"response": [httpx.Response.read]}) as client,
        pytest.raises(httpx_ws.WebSocketUpgradeError) as refused,
        httpx_ws.connect_ws(server.http + path, client),
    ):
        pass
    response = refused.value.response
    return Refusal(response.status_code, response.headers, response.content)


def _visit_by_trio(server: Server, path: str, messages: Messages) -> Visit:
    heard: list[str] = []

    async def visit() -> int | None:
        with trio.fail_after(PATIENCE):
            async with trio_client(server, path) as client:
                with suppress(trio_websocket.ConnectionClosed):
                    for message in messages:
                        await client.send_message(message)
                with pytest.raises(trio_websocket.ConnectionClosed) as closed:
                    while True:
                        heard.append(str(await client.get_message()))
        end = closed.value.reason
        return None if end is None else end.code

    return Visit(heard, trio.run(visit))


def _refuse_trio(server: Server, path: str) -> Refusal:
    async def visit() -> None:
        with trio.fail_after(PATIENCE):
            async with trio_client(server, path):
                pass

    with pytest.RaisesGroup(trio_websocket.ConnectionRejected) as refused:
        trio.run(visit)
    [rejected] = refused.value.exceptions
    assert isinstance(rejected, trio_websocket.ConnectionRejected)
    headers = httpx.Headers(list(rejected.headers))
    return Refusal(rejected.status_code, headers, rejected.body or b"")


VISITORS: Final = (
    Visitor("websockets", _visit_by_websockets, _refuse_websockets),
    Visitor("httpx-ws", _visit_by_httpx, _refuse_httpx),
    Visitor("trio-websocket", _visit_by_trio, _refuse_trio),
)
