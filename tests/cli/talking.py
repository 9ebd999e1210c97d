"""Serving in the test's own event loop, and a WebSocket client that does no more than it is told."""

from __future__ import annotations

import ssl
from collections import deque
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from functools import partial
from typing import Final, Protocol, TypeAlias

import anyio
from anyio import Event, create_task_group
from anyio.abc import ByteStream
from wsproto import ConnectionType, WSConnection
from wsproto.connection import Connection
from wsproto.events import AcceptConnection, Ping, Request, TextMessage
from wsproto.events import Event as Frame
from wsproto.extensions import PerMessageDeflate

import anyws
from anyws import ServeOptions
from anyws._asgi.types import ASGIApp

Headers: TypeAlias = Iterable[tuple[bytes, bytes]]

PATIENCE: Final = 15.0
"""Seconds that a server and its clients have for a whole test."""


@asynccontextmanager
async def served(app: ASGIApp, options: ServeOptions) -> AsyncIterator[int]:
    """Serve on a port that the system picks, which is given, until the block ends."""
    shutdown = Event()
    with anyio.fail_after(PATIENCE):
        async with create_task_group() as tasks:
            serve = partial(anyws.serve, app, port=0, options=options, shutdown=shutdown)
            yield await tasks.start(serve)
            shutdown.set()


class Wire(Protocol):
    """What bytes go through."""

    async def send(self, item: bytes, /) -> None: ...

    async def receive(self, max_bytes: int = ..., /) -> bytes: ...


class Talker:
    """A WebSocket, as its client has it."""

    def __init__(self, stream: Wire, connection: WSConnection | Connection | None = None) -> None:
        self.stream = stream
        self._frames: deque[Frame] = deque()
        self._connection = (
            WSConnection(ConnectionType.CLIENT) if connection is None else connection
        )

    async def open(
        self, path: str, *, deflate: bool = False, extra_headers: Headers = ()
    ) -> AcceptConnection:
        """Ask for the WebSocket, which the server accepts."""
        extensions = [PerMessageDeflate()] if deflate else []
        request = Request(
            host="localhost",
            target=path,
            extensions=list(extensions),
            extra_headers=list(extra_headers),
        )
        await self.send(request)
        accepted = await self.next()
        assert isinstance(accepted, AcceptConnection)
        return accepted

    async def send(self, frame: Frame) -> None:
        """Send something."""
        await self.stream.send(self._connection.send(frame))

    async def next(self) -> Frame:
        """Give what comes next. Raises EndOfStream when the server has left."""
        while not self._frames:
            self._connection.receive_data(await self.stream.receive())
            self._frames.extend(self._connection.events())
        return self._frames.popleft()

    async def answer(self, pings: int) -> None:
        """Answer so many pings, and nothing else may come."""
        for _ in range(pings):
            frame = await self.next()
            assert isinstance(frame, Ping)
            await self.send(frame.response())

    async def next_text(self) -> str:
        """Answer pings until a message comes, and give its text."""
        while True:
            match await self.next():
                case Ping() as ping:
                    await self.send(ping.response())
                case TextMessage(data=text):
                    return text
                case frame:
                    raise AssertionError(frame)

    async def read_to_the_end(self) -> list[Frame]:
        """Answer nothing, and give all that comes until the connection is gone."""
        frames: list[Frame] = []
        try:
            while True:
                frames.append(await self.next())
        except (anyio.EndOfStream, anyio.BrokenResourceError):
            return frames


async def connected(port: int, tls: ssl.SSLContext | None = None) -> ByteStream:
    """Connect to a server of this machine."""
    if tls is None:
        return await anyio.connect_tcp("127.0.0.1", port)
    return await anyio.connect_tcp(
        "127.0.0.1",
        port,
        ssl_context=tls,
        tls_hostname="localhost",
        tls_standard_compatible=False,
    )


@asynccontextmanager
async def talking(
    port: int,
    path: str = "/",
    *,
    deflate: bool = False,
    extra_headers: Headers = (),
    tls: ssl.SSLContext | None = None,
) -> AsyncIterator[tuple[Talker, AcceptConnection]]:
    """Open a WebSocket to a server of this machine."""
    async with await connected(port, tls) as stream:
        talker = Talker(stream)
        yield talker, await talker.open(path, deflate=deflate, extra_headers=extra_headers)
