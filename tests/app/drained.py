"""Applications that are drained, and what their clients and error handlers see of it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import anyio

from anyws import App, Request, Response, WebSocket, WebSocketDisconnected
from anyws.testing import ASGIConductor, ASGIWebSocketSimulator
from tests.websocket.scripted import Event, Route, ScriptedServer


class AnsweringServer(ScriptedServer):
    """A server whose clients answer a close at once."""

    async def send(self, event: Event) -> None:
        await super().send(event)
        if event["type"] == "websocket.close":
            self.push_disconnect(event["code"])


class Log(list[tuple[float, object]]):
    """What happened, with the time of the event loop's clock at which it did."""

    def note(self, what: object) -> None:
        self.append((round(anyio.current_time(), 6), what))


async def listen(req: Request, ws: WebSocket) -> None:
    """Accept, and receive until the connection ends."""
    await ws.accept()
    while True:
        await ws.receive_text()


def app_noting(log: Log, responder: Callable[[Request, WebSocket], Awaitable[object]]) -> App:
    """Make an application whose route `/` has this responder, and which notes the codes that its
    error handler gets."""

    async def handle(
        req: Request, resp: Response | None, ex: Exception, params: dict[str, object]
    ) -> None:
        assert isinstance(ex, WebSocketDisconnected)
        log.note(ex.code)

    app = App()
    app.add_error_handler(WebSocketDisconnected, handle)
    app.add_route("/", Route(responder))
    return app


@asynccontextmanager
async def clients(
    app: App, count: int = 1, **options: Any
) -> AsyncIterator[tuple[ASGIConductor, list[ASGIWebSocketSimulator]]]:
    """Give a conductor and clients that are connected to `/`."""
    async with ASGIConductor(app, **options) as conductor, AsyncExitStack() as stack:
        yield (
            conductor,
            [await stack.enter_async_context(conductor.simulate_ws("/")) for _ in range(count)],
        )
