"""Responders that send more than a client takes that does not read."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import Final

from anyio import Event, get_cancelled_exc_class, move_on_after, sleep
from anyio.lowlevel import checkpoint

from anyws import Request, Response, WebSocket, WebSocketDisconnected, WebSocketOptions
from tests.servers.limits import CLOSE_TIMEOUT, LATER, SEND_TIMEOUT
from tests.servers.notes import Notes
from tests.servers.singing import verse

BIG: Final = "x" * 2**20
_STUCK: Final = 0.1
"""Seconds after which a send that has not returned is stuck."""


class Flood:
    """Sends and sends, and notes how that ends."""

    ws_options = WebSocketOptions(send_timeout=SEND_TIMEOUT)

    def __init__(self) -> None:
        self._sockets: dict[str, WebSocket] = {}

    async def on_websocket(self, req: Request, ws: WebSocket, key: str) -> None:
        self._sockets[key] = ws
        await ws.accept()
        try:
            with suppress(WebSocketDisconnected):
                await _send_all(ws)
            # Whether or not the send has told of it, the responder does not go on.
            await checkpoint()
        except get_cancelled_exc_class():
            ws.context.facts["cancelled"] = True
            raise

    async def on_websocket_watched(self, req: Request, ws: WebSocket, key: str) -> None:
        """Tell what a task of another connection sees of a flood, and when."""
        await ws.accept()
        flood = self._sockets[key]
        code = await flood.wait_disconnected()
        at = time.monotonic()
        seen = {"code": code, "ready": flood.ready, "closed": flood.closed}
        try:
            await flood.send_text("is anybody there?")
        except WebSocketDisconnected as gone:
            seen["raised"] = gone.code
        await ws.send_json(seen | {"after": at - flood.context.facts["stuck"]})


class Farewell:
    """Closes while a send of another task is stuck."""

    ws_options = WebSocketOptions(send_timeout=LATER, close_timeout=CLOSE_TIMEOUT)

    def __init__(self, notes: Notes) -> None:
        self._notes = notes

    async def on_websocket(self, req: Request, ws: WebSocket, key: str) -> None:
        await ws.accept()
        facts = ws.context.facts
        ws.task_group.start_soon(self._flood, ws)
        await _wait_stuck(facts)
        began = time.monotonic()
        await ws.close(4000)
        facts["closed"] = time.monotonic()
        self._notes.write(f"{key}-closed", took=time.monotonic() - began, code=ws.close_code)

    async def _flood(self, ws: WebSocket) -> None:
        ended = "cancelled"
        try:
            await _send_all(ws)
        except WebSocketDisconnected:
            ended = "lost"
            raise
        finally:
            ws.context.facts["ended"] = ended


class Crossing:
    """Cancels a send while the server's own answers to pings wait for the client to read."""

    def __init__(self) -> None:
        self._started: dict[str, Event] = {}

    async def on_post(self, req: Request, resp: Response, key: str) -> None:
        self._start(key).set()

    async def on_websocket(self, req: Request, ws: WebSocket, key: str) -> None:
        await ws.accept()
        for number in range(3):
            await ws.send_text(verse(number))
        await self._start(key).wait()
        with move_on_after(_STUCK):
            await ws.send_text(verse(3))
        for number in range(4, 7):
            await ws.send_text(verse(number))
        await ws.receive_text()

    def _start(self, key: str) -> Event:
        return self._started.setdefault(key, Event())


async def _send_all(ws: WebSocket) -> None:
    while True:
        ws.context.facts["stuck"] = time.monotonic()
        await ws.send_text(BIG)


async def _wait_stuck(facts: dict[str, float]) -> None:
    last = None
    while last is None or last != facts["stuck"]:
        last = facts.get("stuck")
        await sleep(_STUCK)
