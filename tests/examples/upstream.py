"""A WebSocket server on a real port whose side of the wire is the test's, frame by frame."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Final

import anyio
from anyio.abc import ByteStream, SocketAttribute
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream
from wsproto import ConnectionType, WSConnection
from wsproto.events import AcceptConnection, Event, RejectConnection, Request

REFUSED: Final = "/refused"
"""A path whose handshake is answered with a 403."""


class Peer:
    """A connection that somebody has opened."""

    def __init__(self, stream: ByteStream) -> None:
        self.request: Request
        self._stream = stream
        self._wire = WSConnection(ConnectionType.SERVER)
        self._events: deque[Event] = deque()

    async def greet(self) -> bool:
        """Answer the handshake, and say whether it was accepted."""
        request = await self.receive()
        assert isinstance(request, Request)
        self.request = request
        if request.target.startswith(REFUSED):
            await self.send(RejectConnection(status_code=403))
            return False
        offered = request.subprotocols
        await self.send(AcceptConnection(subprotocol=offered[-1] if offered else None))
        return True

    async def send(self, event: Event) -> None:
        """Send a message or a close."""
        await self._stream.send(self._wire.send(event))

    async def receive(self) -> Event:
        """Wait for a message or a close. Raises `anyio.EndOfStream` where neither comes."""
        while not self._events:
            self._wire.receive_data(await self._stream.receive())
            self._events.extend(self._wire.events())
        return self._events.popleft()

    async def vanish(self) -> None:
        """End the connection without a close frame."""
        await self._stream.aclose()


@asynccontextmanager
async def upstream() -> AsyncIterator[tuple[str, MemoryObjectReceiveStream[Peer]]]:
    """Serve inside the block: its address, and the connections as they come."""
    arrivals, peers = anyio.create_memory_object_stream[Peer](8)
    async with (
        await anyio.create_tcp_listener(local_host="127.0.0.1") as listener,
        arrivals,
        peers,
        anyio.create_task_group() as tasks,
    ):
        tasks.start_soon(listener.serve, partial(_serve, arrivals))
        yield f"http://127.0.0.1:{listener.extra(SocketAttribute.local_port)}", peers
        tasks.cancel_scope.cancel()


async def _serve(arrivals: MemoryObjectSendStream[Peer], stream: ByteStream) -> None:
    async with stream:
        peer = Peer(stream)
        if await peer.greet():
            await arrivals.send(peer)
            await anyio.sleep_forever()
