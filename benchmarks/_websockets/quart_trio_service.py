"""The conversations in Quart-Trio, which has nothing for MessagePack."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from quart import websocket
from quart_trio import QuartTrio

from benchmarks._websockets import conversations

if TYPE_CHECKING:
    from quart import Websocket
    from werkzeug.local import LocalProxy

    from anyws._asgi.types import ASGIApp


async def echo() -> None:
    while True:
        await websocket.send(await websocket.receive())


async def triple() -> None:
    while True:
        text = await websocket.receive()
        for _ in range(3):
            await websocket.send(text)


async def json() -> None:
    while True:
        await websocket.send_json(await websocket.receive_json())


async def brief() -> None:
    await websocket.accept()
    await websocket.close(1000)


def make_app(audience: conversations.Audience) -> ASGIApp:
    """Make the application."""

    async def member() -> None:
        await websocket.accept()
        # The name stands for another object in each task.
        own = cast("LocalProxy[Websocket]", websocket)._get_current_object()
        audience.append(own.send)
        while True:
            await websocket.receive()

    app = QuartTrio(__name__)
    app.add_websocket(conversations.ECHO, view_func=echo)
    app.add_websocket(conversations.TRIPLE, view_func=triple)
    app.add_websocket(conversations.JSON, view_func=json)
    app.add_websocket(conversations.BRIEF, view_func=brief)
    app.add_websocket(conversations.MEMBER, view_func=member)
    return cast("ASGIApp", app)
