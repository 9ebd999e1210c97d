"""Many clients in one event loop: raw, so that they cost little and show every byte."""

from __future__ import annotations

import asyncio
import socket
import ssl
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

_HANDSHAKE: Final = (
    "GET {} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)
_BATCH: Final = 50
_CLOSE: Final = 0x88
_ANSWER: Final = b"\x88\x82" + bytes(4)


@dataclass
class Guest:
    """A client, and what has become of it."""

    path: str
    reads: bool = True
    status: int = 0
    code: int | None = None
    """The code of the close frame, None if there was none."""
    left_at: float = 0.0
    texts: list[bytes] = field(default_factory=list)


async def invite(port: int, guests: list[Guest], tls: ssl.SSLContext | None = None) -> list[Visit]:
    """Connect all of them, some at a time."""
    visits: list[Visit] = []
    for start in range(0, len(guests), _BATCH):
        batch = (Visit.begin(port, guest, tls) for guest in guests[start : start + _BATCH])
        visits += await asyncio.gather(*batch)
    return visits


class Visit:
    """The connection of a guest."""

    def __init__(
        self, guest: Guest, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.guest = guest
        self._reader = reader
        self._writer = writer

    @classmethod
    async def begin(cls, port: int, guest: Guest, tls: ssl.SSLContext | None) -> Visit:
        """Make the handshake, and read its answer."""
        link = socket.socket()
        if not guest.reads:
            link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        link.setblocking(False)
        await asyncio.get_running_loop().sock_connect(link, ("127.0.0.1", port))
        limit = 2**16 if guest.reads else 2**10
        reader, writer = await asyncio.open_connection(
            sock=link, limit=limit, ssl=tls, server_hostname=None if tls is None else "localhost"
        )
        visit = cls(guest, reader, writer)
        await visit.shake_hands()
        return visit

    async def shake_hands(self) -> None:
        """Ask for the WebSocket."""
        self._writer.write(_HANDSHAKE.format(self.guest.path).encode())
        head = await self._reader.readuntil(b"\r\n\r\n")
        self.guest.status = int(head.split(maxsplit=2)[1])

    async def stay(self) -> None:
        """Read until the server ends it, unless this guest doesn't read."""
        if self.guest.reads:
            with suppress(ConnectionError, asyncio.IncompleteReadError):
                while True:
                    await self._read_frame()

    async def _read_frame(self) -> None:
        """Read a frame of the server's (RFC 6455, section 5.2); answer it if it is a close."""
        first, length = await self._reader.readexactly(2)
        if extended := {126: 2, 127: 8}.get(length, 0):
            length = int.from_bytes(await self._reader.readexactly(extended))
        payload = await self._reader.readexactly(length)
        if first == _CLOSE:
            self.guest.code = int.from_bytes(payload[:2])
            self.guest.left_at = time.monotonic()
            self._writer.write(_ANSWER + payload[:2])
        else:
            self.guest.texts.append(payload)

    def leave(self) -> None:
        """Close the connection, as it is."""
        self._writer.transport.abort()
