"""Small ASGI applications for the conductor to drive. None of them knows of lifespans."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import anyio

if TYPE_CHECKING:
    from anyws._asgi.types import ASGIApp, Event, Receive, Scope, Send

Talk = Callable[["Scope", "Receive", "Send"], Awaitable[None]]


def app_of(talk: Talk) -> ASGIApp:
    """An application of what it does on a connection; it raises on a lifespan."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            raise RuntimeError("lifespan is not supported")
        await talk(scope, receive, send)

    return app


def accepting(talk: Talk) -> ASGIApp:
    """An application that has accepted before it does anything."""

    async def accepted(scope: Scope, receive: Receive, send: Send) -> None:
        await accept(receive, send)
        await talk(scope, receive, send)

    return app_of(accepted)


async def accept(receive: Receive, send: Send, **extra: object) -> None:
    """Read the handshake and accept it."""
    assert (await receive())["type"] == "websocket.connect"
    await send({"type": "websocket.accept", **extra})


async def echo_messages(scope: Scope, receive: Receive, send: Send) -> None:
    """Send back what comes until the client leaves."""
    while (event := await receive())["type"] != "websocket.disconnect":
        await send({"type": "websocket.send", **_payload(event)})


async def until_left(scope: Scope, receive: Receive, send: Send) -> None:
    """Read until the client leaves."""
    await disconnect(receive)


async def disconnect(receive: Receive) -> Event:
    """The disconnect event, whatever comes before it."""
    while (event := await receive())["type"] != "websocket.disconnect":
        pass
    return event


async def for_ever(scope: Scope, receive: Receive, send: Send) -> None:
    """Take no notice of the client any more."""
    await anyio.sleep_forever()


def denier(code: int) -> ASGIApp:
    """An application that refuses every handshake with a code."""

    async def deny(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "websocket.close", "code": code})

    return app_of(deny)


def _payload(event: Event) -> Event:
    return {key: event[key] for key in ("text", "bytes") if event[key] is not None}


echo = accepting(echo_messages)
