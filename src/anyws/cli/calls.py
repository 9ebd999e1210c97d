"""The application as the server gets it: each call of it can be ended from outside."""

from __future__ import annotations

from anyio import CancelScope

from anyws._asgi.types import ASGIApp, Event, Receive, Scope, Send
from anyws.cli.lifespan import Lifespan
from anyws.cli.live import Live


class Calls:
    """An ASGI application around another one, with a hold on every call that has not ended.

    A call that is ended is cancelled while its connection still stands: the application can say
    goodbye from a shielded scope, and what it leaves unsaid the server says.
    """

    def __init__(self, application: ASGIApp, lifespan: Lifespan) -> None:
        self._application = application
        self._lifespan = lifespan
        self.websockets: Live = Live()
        self.requests: Live = Live()
        self.last_ones: bool = False
        """Whether clients are told with each response to ask no more on this connection."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        match scope["type"]:
            case "lifespan":
                await self._lifespan(scope, receive, send)
                return
            case "websocket":
                live = self.websockets
            case _:
                live = self.requests
                if self.last_ones and scope.get("http_version") in ("1.0", "1.1"):
                    send = _closing(send)
        with CancelScope() as call, live.hold(call.cancel):
            await self._application(scope, receive, send)


def _closing(send: Send) -> Send:
    """Add to a response that the connection is not kept (RFC 9112, section 9.6)."""

    async def send_closing(event: Event) -> None:
        if event["type"] == "http.response.start":
            headers = [*event.get("headers", ()), (b"connection", b"close")]
            event = {**event, "headers": headers}
        await send(event)

    return send_closing
