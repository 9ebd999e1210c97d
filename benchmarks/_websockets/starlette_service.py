"""The conversations in Starlette, which has nothing for MessagePack."""

from __future__ import annotations

from contextlib import suppress

from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from benchmarks._websockets import conversations


async def echo(websocket: WebSocket) -> None:
    await websocket.accept()
    with suppress(WebSocketDisconnect):
        while True:
            await websocket.send_text(await websocket.receive_text())


async def triple(websocket: WebSocket) -> None:
    await websocket.accept()
    with suppress(WebSocketDisconnect):
        while True:
            text = await websocket.receive_text()
            for _ in range(3):
                await websocket.send_text(text)


async def json(websocket: WebSocket) -> None:
    await websocket.accept()
    with suppress(WebSocketDisconnect):
        while True:
            await websocket.send_json(await websocket.receive_json())


async def brief(websocket: WebSocket) -> None:
    await websocket.accept()
    await websocket.close()


def make_app(audience: conversations.Audience) -> Starlette:
    """Make the application."""

    async def member(websocket: WebSocket) -> None:
        await websocket.accept()
        audience.append(websocket.send_text)
        with suppress(WebSocketDisconnect):
            while True:
                await websocket.receive_text()

    return Starlette(
        routes=[
            WebSocketRoute(conversations.ECHO, echo),
            WebSocketRoute(conversations.BRIEF, brief),
            WebSocketRoute(conversations.TRIPLE, triple),
            WebSocketRoute(conversations.JSON, json),
            WebSocketRoute(conversations.MEMBER, member),
        ]
    )
