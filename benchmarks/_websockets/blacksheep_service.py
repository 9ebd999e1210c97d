"""The conversations in BlackSheep, which has nothing for MessagePack."""

from __future__ import annotations

from contextlib import suppress

from blacksheep import Application, Router, WebSocket
from blacksheep.server.websocket import WebSocketDisconnectError

from benchmarks._websockets import conversations


async def echo(websocket: WebSocket) -> None:
    await websocket.accept()
    with suppress(WebSocketDisconnectError):
        while True:
            await websocket.send_text(await websocket.receive_text())


async def triple(websocket: WebSocket) -> None:
    await websocket.accept()
    with suppress(WebSocketDisconnectError):
        while True:
            text = await websocket.receive_text()
            for _ in range(3):
                await websocket.send_text(text)


async def json(websocket: WebSocket) -> None:
    await websocket.accept()
    with suppress(WebSocketDisconnectError):
        while True:
            await websocket.send_json(await websocket.receive_json())


async def brief(websocket: WebSocket) -> None:
    await websocket.accept()
    await websocket.close()


def make_app(audience: conversations.Audience) -> Application:
    """Make the application."""

    async def member(websocket: WebSocket) -> None:
        await websocket.accept()
        audience.append(websocket.send_text)
        with suppress(WebSocketDisconnectError):
            while True:
                await websocket.receive_text()

    router = Router()
    router.add_ws(conversations.ECHO, echo)
    router.add_ws(conversations.TRIPLE, triple)
    router.add_ws(conversations.JSON, json)
    router.add_ws(conversations.BRIEF, brief)
    router.add_ws(conversations.MEMBER, member)
    return Application(router=router)
