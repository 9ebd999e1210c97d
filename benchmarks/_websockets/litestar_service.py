"""The conversations in Litestar."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from litestar import Litestar, WebSocket, websocket
from litestar.exceptions import WebSocketDisconnect

from benchmarks._websockets import conversations

if TYPE_CHECKING:
    from anyws._asgi.types import ASGIApp

Socket: TypeAlias = WebSocket[Any, Any, Any]


@websocket(conversations.ECHO)
async def echo(socket: Socket) -> None:
    await socket.accept()
    with suppress(WebSocketDisconnect):
        while True:
            await socket.send_text(await socket.receive_text())


@websocket(conversations.TRIPLE)
async def triple(socket: Socket) -> None:
    await socket.accept()
    with suppress(WebSocketDisconnect):
        while True:
            text = await socket.receive_text()
            for _ in range(3):
                await socket.send_text(text)


@websocket(conversations.JSON)
async def json(socket: Socket) -> None:
    await socket.accept()
    with suppress(WebSocketDisconnect):
        while True:
            await socket.send_json(await socket.receive_json())


@websocket(conversations.MSGPACK)
async def msgpack(socket: Socket) -> None:
    await socket.accept()
    with suppress(WebSocketDisconnect):
        while True:
            await socket.send_msgpack(await socket.receive_msgpack())


@websocket(conversations.BRIEF)
async def brief(socket: Socket) -> None:
    await socket.accept()
    await socket.close()


def make_app(audience: conversations.Audience) -> ASGIApp:
    """Make the application."""

    @websocket(conversations.MEMBER)
    async def member(socket: Socket) -> None:
        await socket.accept()
        audience.append(socket.send_text)
        with suppress(WebSocketDisconnect):
            while True:
                await socket.receive_text()

    routes = [echo, triple, json, msgpack, brief, member]
    return cast("ASGIApp", Litestar(routes, openapi_config=None))
