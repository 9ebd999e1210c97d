"""What clients do, beyond what the packages for clients do: look things up, and misbehave."""

from __future__ import annotations

import json
import socket
import struct
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, closing, contextmanager
from http.client import HTTPConnection
from typing import Final

import pytest
import trio
from trio_websocket import WebSocketConnection, wrap_client_stream
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from tests.servers.processes import PATIENCE, Server

_ABORT: Final = struct.pack("ii", 1, 0)
_KEY: Final = "dGhlIHNhbXBsZSBub25jZQ=="


def note_of(server: Server, key: str) -> dict[str, object]:
    """Ask what the application has noted of a connection, and wait until it has."""
    with closing(HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)) as connection:
        connection.request("GET", f"/notes/{key}")
        note: dict[str, object] = json.load(connection.getresponse())
        return note


def seconds_between(note: dict[str, object], start: str, end: str) -> float:
    """Give the time between two moments that the application has noted."""
    began, ended = note[start], note[end]
    assert isinstance(began, float)
    assert isinstance(ended, float)
    return ended - began


def close_of(connection: ClientConnection) -> tuple[int, str]:
    """Give the code and the reason of the close frame, which is to come next."""
    with pytest.raises(ConnectionClosed) as closed:
        connection.recv(timeout=PATIENCE)
    frame = closed.value.rcvd
    assert frame is not None, "the connection ended without a close frame"
    return frame.code, frame.reason


def farewell_of(connection: ClientConnection) -> int:
    """Give the code of the close frame, whatever comes before it."""
    with pytest.raises(ConnectionClosed) as closed:
        while True:
            connection.recv(timeout=PATIENCE)
    frame = closed.value.rcvd
    assert frame is not None, "the connection ended without a close frame"
    return frame.code


def refusal_of(server: Server, path: str) -> int:
    """Give the status of the response that refuses a handshake."""
    with pytest.raises(InvalidStatus) as refused, connect(server.ws + path):
        pass
    return refused.value.response.status_code


class RawSocket:
    """A client without manners: its request line goes as it is given, and it says no farewell."""

    def __init__(self, connection: socket.socket, target: str, headers: dict[str, str]) -> None:
        self._connection = connection
        fields = {
            "Host": "127.0.0.1",
            "Connection": "Upgrade",
            "Upgrade": "websocket",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": _KEY,
        } | headers
        lines = [f"GET {target} HTTP/1.1", *(f"{name}: {value}" for name, value in fields.items())]
        connection.sendall("".join(f"{line}\r\n" for line in [*lines, ""]).encode())
        self.received = b""
        self.status = int(self.wait_for(b"\r\n\r\n").split(maxsplit=2)[1])

    def wait_for(self, part: bytes) -> bytes:
        """Read until the server has sent that; give all that it has sent."""
        while part not in self.received:
            data = self._connection.recv(65536)
            assert data, f"the server closed the connection after {self.received!r}"
            self.received += data
        return self.received

    def say_farewell(self) -> None:
        """Send a close frame with the code 4001 (RFC 6455, section 5.5.1), and go on."""
        self._connection.sendall(b"\x88\x82\x00\x00\x00\x00" + (4001).to_bytes(2, "big"))

    def abort(self) -> None:
        """Vanish: what is under way is lost, and the server gets a reset."""
        self._connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _ABORT)
        self._connection.close()

    def shut(self) -> None:
        """End the connection in the way of TCP, without a close frame."""
        self._connection.shutdown(socket.SHUT_WR)


@contextmanager
def raw_socket(server: Server, target: str, **headers: str) -> Iterator[RawSocket]:
    """Ask for a WebSocket at a target that goes over the wire as it is."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE) as connection:
        yield RawSocket(connection, target, headers)


@contextmanager
def deaf_socket(server: Server, target: str) -> Iterator[RawSocket]:
    """Ask for a WebSocket, and read no more than the answer to that."""
    with socket.socket() as narrow:
        narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        narrow.settimeout(PATIENCE)
        narrow.connect(("127.0.0.1", server.port))
        yield RawSocket(narrow, target, {})


@asynccontextmanager
async def trio_client(
    server: Server, path: str, subprotocols: Sequence[str] = ()
) -> AsyncIterator[WebSocketConnection]:
    """Connect with trio-websocket, on a socket that is closed whichever side says farewell."""
    async with (
        await trio.open_tcp_stream("127.0.0.1", server.port) as stream,
        trio.open_nursery() as nursery,
    ):
        client = await wrap_client_stream(
            nursery, stream, "127.0.0.1", path, subprotocols=subprotocols
        )
        async with client:
            yield client
