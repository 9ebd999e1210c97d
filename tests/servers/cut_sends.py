"""An application without a framework, many of whose sends are cancelled."""

from __future__ import annotations

import json
from random import Random
from typing import Final

from anyio import CancelScope, create_task_group, current_time

from anyws._asgi.types import Receive, Scope, Send
from tests.servers.singing import verse

SENDS: Final = 1000
_LONGEST: Final = 0.0005
"""Seconds that a cancelled send has at most, about as long as most sends take."""


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Send verses, half of them with little time, then an account of it; then echo."""
    await receive()
    if scope["type"] == "lifespan":
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})
        return
    await send({"type": "websocket.accept"})
    fate = Random(scope["query_string"])
    returned: list[int] = []
    cancelled = 0
    async with create_task_group() as tasks:
        tasks.start_soon(_listen, receive)
        for number in range(SENDS):
            text = verse(number)
            with CancelScope() as little_time:
                if number % 2:
                    little_time.deadline = current_time() + fate.random() * _LONGEST
                await send({"type": "websocket.send", "text": text})
                returned.append(number)
            cancelled += little_time.cancel_called
        account = {"returned": returned, "cancelled": cancelled}
        await send({"type": "websocket.send", "text": json.dumps(account)})
    await send({"type": "websocket.send", "text": "still in step"})
    await receive()


async def _listen(receive: Receive) -> None:
    """Wait for the end, as every application does that wants to know of it."""
    await receive()
