"""The conversations in anyws."""

from __future__ import annotations

from typing import TYPE_CHECKING

from anyws import App, WebSocketPayloadType
from benchmarks._websockets import conversations

if TYPE_CHECKING:
    from anyws import Request, WebSocket


class Echo:
    async def on_websocket(self, req: Request, ws: WebSocket) -> None:
        await ws.accept()
        while True:
            await ws.send_text(await ws.receive_text())


class Triple:
    async def on_websocket(self, req: Request, ws: WebSocket) -> None:
        await ws.accept()
        while True:
            text = await ws.receive_text()
            for _ in range(3):
                await ws.send_text(text)


class JSON:
    async def on_websocket(self, req: Request, ws: WebSocket) -> None:
        await ws.accept()
        while True:
            await ws.send_media(await ws.receive_media())


class MessagePack:
    async def on_websocket(self, req: Request, ws: WebSocket) -> None:
        await ws.accept()
        while True:
            await ws.send_media(await ws.receive_media(), WebSocketPayloadType.BINARY)


class Brief:
    async def on_websocket(self, req: Request, ws: WebSocket) -> None:
        await ws.accept()
        await ws.close()


class Member:
    def __init__(self, audience: conversations.Audience) -> None:
        self._audience = audience

    async def on_websocket(self, req: Request, ws: WebSocket) -> None:
        await ws.accept()
        self._audience.append(ws.send_text)
        while True:
            await ws.receive_text()


class Watched:
    async def on_websocket(self, req: Request, ws: WebSocket) -> None:
        await ws.accept()
        await ws.wait_disconnected()


def make_app(audience: conversations.Audience) -> App:
    """Make the application."""
    app = App()
    app.add_route(conversations.ECHO, Echo())
    app.add_route(conversations.TRIPLE, Triple())
    app.add_route(conversations.JSON, JSON())
    app.add_route(conversations.MSGPACK, MessagePack())
    app.add_route(conversations.BRIEF, Brief())
    app.add_route(conversations.MEMBER, Member(audience))
    app.add_route(conversations.WATCHED, Watched())
    return app
