"""WebSockets over HTTP/2 (RFC 8441), as a client has them."""

from __future__ import annotations

import ssl
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
import h2.connection
import h2.events
from anyio.abc import ByteStream
from wsproto import ConnectionType
from wsproto.connection import Connection

from tests.cli.talking import Talker, connected


class Tunnel:
    """The bytes of a WebSocket in a stream of HTTP/2."""

    def __init__(self, stream: ByteStream) -> None:
        self._stream = stream
        self._protocol = h2.connection.H2Connection()
        self._protocol.initiate_connection()
        self._parts: deque[bytes] = deque()
        self._number = 0
        self.status = 0

    async def open(self, path: str) -> None:
        """Ask for it once the server has said that it may be asked (section 3)."""
        await self._flush()
        while not self._protocol.remote_settings.enable_connect_protocol:
            await self._read()
        self._number = self._protocol.get_next_available_stream_id()
        headers = [
            (":method", "CONNECT"),
            (":protocol", "websocket"),
            (":scheme", "https"),
            (":path", path),
            (":authority", "localhost"),
            ("sec-websocket-version", "13"),
        ]
        self._protocol.send_headers(self._number, headers)
        await self._flush()
        while self.status == 0:
            await self._read()

    async def send(self, data: bytes) -> None:
        self._protocol.send_data(self._number, data)
        await self._flush()

    async def receive(self, max_bytes: int = 2**16) -> bytes:
        """Give what comes next, all of it."""
        while not self._parts:
            await self._read()
        return self._parts.popleft()

    async def _read(self) -> None:
        for event in self._protocol.receive_data(await self._stream.receive()):
            match event:
                case h2.events.ResponseReceived(headers=headers):
                    self.status = int(dict(headers)[b":status"])
                case h2.events.DataReceived(data=data, flow_controlled_length=length):
                    self._protocol.acknowledge_received_data(length, self._number)
                    self._parts.append(data)
                case h2.events.ConnectionTerminated():
                    raise anyio.EndOfStream
                case _:
                    pass
        await self._flush()

    async def _flush(self) -> None:
        data = self._protocol.data_to_send()
        if data:
            await self._stream.send(data)


@asynccontextmanager
async def tunnelling(
    port: int, path: str = "/", *, tls: ssl.SSLContext | None = None
) -> AsyncIterator[Talker]:
    """Open a WebSocket over HTTP/2 to a server of this machine, by prior knowledge without TLS."""
    async with await connected(port, tls) as stream:
        tunnel = Tunnel(stream)
        await tunnel.open(path)
        assert tunnel.status == 200
        yield Talker(tunnel, Connection(ConnectionType.CLIENT))
