"""A chat room with a bug, in four variants, and one without."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import anyio
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream

from anyws import App, Request, WebSocket
from tests.testing import apps

if TYPE_CHECKING:
    from anyws._asgi.types import ASGIApp, Receive, Scope, Send

ROOM = 50
"""Messages that a good room keeps for a member that is behind."""


def serving(resource: object) -> App:
    """An application that has this resource alone."""
    app = App()
    app.add_route("/room", resource)
    return app


class TurnByTurn:
    """The bug: members get a message one after the other, and one that stalls stops it."""

    def __init__(self) -> None:
        self._members: list[WebSocket] = []

    async def on_websocket(self, req: Request, ws: WebSocket) -> None:
        await ws.accept()
        self._members.append(ws)
        try:
            async for text in ws.iter_text():
                await self.tell_everybody(text)
        finally:
            self._members.remove(ws)

    async def tell_everybody(self, text: str) -> None:
        for member in self._members:
            await member.send_text(text)


class Locked:
    """The bug: a lock is held over a send, so nobody can join while one member stalls."""

    def __init__(self) -> None:
        self._members: list[WebSocket] = []
        self._lock = anyio.Lock()

    async def on_websocket(self, req: Request, ws: WebSocket) -> None:
        await self.join(ws)
        await ws.accept()
        async for text in ws.iter_text():
            async with self._lock:
                for member in self._members:
                    await member.send_text(text)

    async def join(self, ws: WebSocket) -> None:
        async with self._lock:
            self._members.append(ws)


class Outboxes:
    """A queue for each member: `size` is the bug, where it is infinite."""

    def __init__(self, size: float) -> None:
        self._size = size
        self._outboxes: dict[WebSocket, MemoryObjectSendStream[str]] = {}

    async def on_websocket(self, req: Request, ws: WebSocket) -> None:
        await ws.accept()
        outbox, inbox = anyio.create_memory_object_stream[str](self._size)
        with outbox:
            self._outboxes[ws] = outbox
            ws.task_group.start_soon(self.forward, ws, inbox)
            try:
                async for text in ws.iter_text():
                    self.tell_everybody(text)
            finally:
                del self._outboxes[ws]

    async def forward(self, ws: WebSocket, inbox: MemoryObjectReceiveStream[str]) -> None:
        with inbox:
            async for text in inbox:
                await ws.send_text(text)

    def tell_everybody(self, text: str) -> None:
        for outbox in self._outboxes.values():
            try:
                outbox.send_nowait(text)
            except anyio.WouldBlock:
                continue


class Haunted:
    """The bug: members are never removed, and so messages go to those who have left."""

    def __init__(self, *, forgets: bool = False) -> None:
        self._members: list[Send] = []
        self._forgets = forgets

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await apps.accept(receive, send)
        self._members.append(send)
        while (event := await receive())["type"] == "websocket.receive":
            for member in self._members:
                await member({"type": "websocket.send", "text": event["text"]})
        if self._forgets:
            self._members.remove(send)


def turn_by_turn() -> App:
    return serving(TurnByTurn())


def locked() -> App:
    return serving(Locked())


def hoarding() -> App:
    return serving(Outboxes(math.inf))


def haunted() -> ASGIApp:
    return apps.app_of(Haunted())


def deserted() -> ASGIApp:
    """What mends the haunted room."""
    return apps.app_of(Haunted(forgets=True))


def mended() -> App:
    """What mends the others."""
    return serving(Outboxes(ROOM))
