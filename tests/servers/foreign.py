"""An ASGI application without a framework, as any other framework's is."""

from __future__ import annotations

from anyio import sleep

from anyws._asgi.types import Receive, Scope, Send
from tests.servers.drained import SLOW, say


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Echo messages, and answer requests slowly."""
    match scope["type"]:
        case "lifespan":
            await receive()
            await send({"type": "lifespan.startup.complete"})
            await receive()
            say("services ended")
            await send({"type": "lifespan.shutdown.complete"})
        case "websocket":
            await receive()
            await send({"type": "websocket.accept"})
            while (event := await receive())["type"] == "websocket.receive":
                await send({"type": "websocket.send", "text": event["text"]})
        case _:
            say("asked")
            await sleep(SLOW)
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b"here it is"})
