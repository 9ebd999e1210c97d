"""An application whose connections are in the middle of something when a signal comes."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from anyio import sleep

from anyws import App, Request, Response, SSEvent, WebSocket
from anyws._asgi.types import ASGIApp, Receive, Scope, Send

SECTION: Final = 1.5
"""Seconds that a critical section takes."""
SLOW: Final = 1.0
"""Seconds that a slow request takes."""


class Idle:
    """Says nothing."""

    async def on_websocket(self, req: Request, ws: WebSocket) -> None:
        await ws.accept()
        async for _ in ws:
            pass


class Busy:
    """Says something all the time."""

    async def on_websocket(self, req: Request, ws: WebSocket) -> None:
        await ws.accept()
        while True:
            await ws.send_text("news")
            await sleep(0.5)


class Flood:
    """Sends more than a client can take that does not read."""

    async def on_websocket(self, req: Request, ws: WebSocket) -> None:
        await ws.accept()
        while True:
            await ws.send_data(bytes(2**18))


class Section:
    """Has something to finish first."""

    async def on_websocket(self, req: Request, ws: WebSocket) -> None:
        await ws.accept()
        async with ws.finish_first():
            await ws.send_text("begun")
            await sleep(SECTION)
            await ws.send_text("done")
        async for _ in ws:
            pass


class Pages:
    """Answers by HTTP: at once, slowly, without end, and never."""

    async def on_get_health(self, req: Request, resp: Response) -> None:
        resp.media = app.draining

    async def on_get_slow(self, req: Request, resp: Response) -> None:
        say("asked")
        await sleep(SLOW)
        resp.text = "here it is"

    async def on_get_never(self, req: Request, resp: Response) -> None:
        say("asked")
        await sleep(3600)

    async def on_get_events(self, req: Request, resp: Response) -> None:
        resp.sse = self._tick()

    async def _tick(self) -> AsyncIterator[SSEvent]:
        yield SSEvent(text="tick")
        await sleep(0.2)
        say("ticked")
        while True:
            yield SSEvent(text="tick")
            await sleep(0.5)


class Middleware:
    """Another ASGI application around this one."""

    def __init__(self, inner: ASGIApp) -> None:
        self._inner = inner

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._inner(dict(scope), receive, send)


def say(text: str) -> None:
    """Let the test know."""
    sys.stderr.write(f"{text}\n")


@asynccontextmanager
async def _services(app: App) -> AsyncIterator[None]:
    yield
    say("services ended")


app = App(lifespan=_services)
app.add_route("/idle", Idle())
app.add_route("/busy", Busy())
app.add_route("/flood", Flood())
app.add_route("/section", Section())
for name in ("health", "slow", "never", "events"):
    app.add_route(f"/{name}", Pages(), suffix=name)
wrapped = Middleware(app)
