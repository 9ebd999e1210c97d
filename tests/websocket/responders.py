"""Small responders for tests."""

from __future__ import annotations

import anyio

from anyws import Request, WebSocket
from tests.websocket.scripted import Responder


def accepted(body: Responder) -> Responder:
    """A responder that accepts before it does anything."""

    async def respond(req: Request, ws: WebSocket) -> None:
        await ws.accept()
        await body(req, ws)

    return respond


async def accept(req: Request, ws: WebSocket) -> None:
    """Accept, and return."""
    await ws.accept()


async def stay(req: Request, ws: WebSocket) -> None:
    """Accept, and take no notice of the client any more."""
    await ws.accept()
    await anyio.sleep_forever()


async def receive(req: Request, ws: WebSocket) -> None:
    """Accept, and wait for one message."""
    await ws.accept()
    await ws.receive_text()


async def wait_for_a_child(req: Request, ws: WebSocket) -> None:
    """Accept, and have a child that does not end."""
    await ws.accept()
    ws.task_group.start_soon(anyio.sleep_forever)
    await anyio.sleep_forever()


async def close(req: Request, ws: WebSocket) -> None:
    """Refuse the handshake."""
    await ws.close(4001)


async def accept_and_close(req: Request, ws: WebSocket) -> None:
    """Accept, and close."""
    await ws.accept()
    await ws.close(4001)


async def talk_until_left(req: Request, ws: WebSocket) -> None:
    """Accept, and take messages until the client leaves."""
    await ws.accept()
    async for _ in ws:
        pass
