"""A proxy for WebSockets: `UPSTREAM=http://127.0.0.1:9000 anyws serve examples.proxy:app`.

It needs `pip install httpx-ws`, which runs on asyncio and on Trio. Whoever connects to a path here
is joined with that path there, and each side learns how the other one has closed.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress

import anyio
import httpx
from httpx_ws import AsyncWebSocketSession, HTTPXWSException, WebSocketDisconnect, aconnect_ws
from wsproto.events import BytesMessage, TextMessage
from wsproto.utilities import LocalProtocolError

from anyws import App, HTTPBadGateway, Request, WebSocket, WebSocketDisconnected


def passed_on(code: int | None) -> int:
    """Give the code to close the other side with: some are never sent (RFC 6455, section 7.4)."""
    if code is None or code == 1005:
        return 1000  # there was none in the close frame
    return code if 1000 <= code <= 1003 or 1007 <= code <= 1014 or 3000 <= code <= 4999 else 1011


class Proxy:
    """Joins each client with a connection upstream: who receives from a side sees to its end."""

    def __init__(self, upstream: str) -> None:
        self._upstream = httpx.URL(upstream)

    @asynccontextmanager
    async def lifespan(self, app: App) -> AsyncIterator[None]:
        async with httpx.AsyncClient(limits=httpx.Limits(max_connections=None)) as self._client:
            yield

    async def on_websocket(self, req: Request, ws: WebSocket, path: str) -> None:
        url = str(self._upstream.copy_with(path=req.path, query=req.query_string.encode()))
        async with AsyncExitStack() as stack:
            try:
                upstream: AsyncWebSocketSession = await stack.enter_async_context(
                    aconnect_ws(url, self._client, subprotocols=list(ws.subprotocols) or None)
                )
            except (httpx.TransportError, HTTPXWSException):
                raise HTTPBadGateway from None
            await ws.accept(upstream.subprotocol)
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(self.bring_back, upstream, ws)
                await self.take_there(ws, upstream)
                tasks.cancel_scope.cancel()

    async def take_there(self, ws: WebSocket, upstream: AsyncWebSocketSession) -> None:
        async for message in ws:
            event = TextMessage(message) if isinstance(message, str) else BytesMessage(message)
            with suppress(HTTPXWSException, LocalProtocolError):
                await upstream.send(event)
        await upstream.close(passed_on(ws.close_code), ws.close_reason)

    async def bring_back(self, upstream: AsyncWebSocketSession, ws: WebSocket) -> None:
        while True:
            try:
                event = await upstream.receive()
            except WebSocketDisconnect as end:
                return await ws.close(passed_on(end.code), end.reason)
            except HTTPXWSException:
                return await ws.close(1011)
            with suppress(WebSocketDisconnected):
                if isinstance(event, TextMessage):
                    await ws.send_text(event.data)
                elif isinstance(event, BytesMessage):
                    await ws.send_data(event.data)


proxy = Proxy(os.environ.get("UPSTREAM", "http://127.0.0.1:9000"))
app = App(middleware=proxy)
app.add_route("/{path:path}", proxy)
