"""The conversations without any framework: what the server alone, and the codecs, need."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from benchmarks._websockets import conversations

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from anyws._asgi.types import ASGIApp, Receive, Scope, Send


async def echo(receive: Receive, send: Send) -> None:
    while (event := await receive())["type"] == "websocket.receive":
        await send({"type": "websocket.send", "text": event["text"]})


async def triple(receive: Receive, send: Send) -> None:
    while (event := await receive())["type"] == "websocket.receive":
        for _ in range(3):
            await send({"type": "websocket.send", "text": event["text"]})


async def json(receive: Receive, send: Send) -> None:
    while (event := await receive())["type"] == "websocket.receive":
        text = msgspec.json.encode(msgspec.json.decode(event["text"])).decode()
        await send({"type": "websocket.send", "text": text})


async def msgpack(receive: Receive, send: Send) -> None:
    while (event := await receive())["type"] == "websocket.receive":
        data = msgspec.msgpack.encode(msgspec.msgpack.decode(event["bytes"]))
        await send({"type": "websocket.send", "bytes": data})


async def brief(receive: Receive, send: Send) -> None:
    await send({"type": "websocket.close", "code": 1000})


async def live(receive: Receive, send: Send) -> None:
    await receive()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await send({"type": "lifespan.shutdown.complete"})


def make_app(audience: conversations.Audience) -> ASGIApp:
    """Make the application."""

    async def member(receive: Receive, send: Send) -> None:
        async def send_text(text: str) -> None:
            await send({"type": "websocket.send", "text": text})

        audience.append(send_text)
        while (await receive())["type"] == "websocket.receive":
            pass

    responders: dict[str, Callable[[Receive, Send], Awaitable[None]]] = {
        conversations.ECHO: echo,
        conversations.TRIPLE: triple,
        conversations.JSON: json,
        conversations.MSGPACK: msgpack,
        conversations.BRIEF: brief,
        conversations.MEMBER: member,
    }

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await live(receive, send)
            return
        await receive()
        await send({"type": "websocket.accept"})
        await responders[scope["path"]](receive, send)

    return app
