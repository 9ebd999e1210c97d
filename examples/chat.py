"""A chat within one process: `anyws serve examples.chat:app`, then connect to /rooms/tea?name=bob.

Every member has an outbox of its own with room for so many messages. Posting never waits: a member
whose outbox is full reads too slowly, and is sent away, while the others notice nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from weakref import WeakValueDictionary

import anyio
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream

from anyws import App, Request, WebSocket

OUTBOX = 32
"""Messages that may wait for one member, besides what the network holds."""

TOO_SLOW = 4008


class Room:
    """The outboxes of those who are in it."""

    def __init__(self) -> None:
        self._outboxes: set[MemoryObjectSendStream[str]] = set()

    @contextmanager
    def joined(self, member: str) -> Iterator[MemoryObjectReceiveStream[str]]:
        """Be a member inside the block; what is posted comes out of the stream."""
        outbox, messages = anyio.create_memory_object_stream[str](OUTBOX)
        with outbox, messages:
            self._outboxes.add(outbox)
            self.post(f"{member} is here")
            try:
                yield messages
            finally:
                self._outboxes.discard(outbox)
                self.post(f"{member} has left")

    def post(self, message: str) -> None:
        """Put a message into all outboxes. A full one is closed: its stream ends after the rest."""
        for outbox in list(self._outboxes):
            try:
                outbox.send_nowait(message)
            except anyio.WouldBlock:
                self._outboxes.discard(outbox)
                outbox.close()


class Rooms:
    """Reads what a member says, and sends what there is to hear, in two tasks."""

    def __init__(self) -> None:
        # A room is there as long as somebody is in it.
        self.rooms = WeakValueDictionary[str, Room]()

    async def on_websocket(self, req: Request, ws: WebSocket, name: str) -> None:
        member = req.get_param("name", default="somebody")
        room = self.rooms.setdefault(name, Room())
        await ws.accept()
        with room.joined(member) as messages:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(self.deliver, messages, ws)
                async for text in ws.iter_text():
                    room.post(f"{member}: {text}")
                tasks.cancel_scope.cancel()

    async def deliver(self, messages: MemoryObjectReceiveStream[str], ws: WebSocket) -> None:
        async for message in messages:
            await ws.send_text(message)
        await ws.close(TOO_SLOW, "you read too slowly")


app = App()
app.add_route("/rooms/{name}", Rooms())
