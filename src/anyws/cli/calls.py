"""The application as the server gets it: each call of it can be ended from outside."""

from __future__ import annotations

from collections.abc import Callable

from anyio import CancelScope

from anyws._asgi.types import ASGIApp, Receive, Scope, Send
from anyws.cli.lifespan import Lifespan
from anyws.cli.live import Live


class Calls:
    """An ASGI application around another one, with a hold on every call that has not ended.

    A call that is ended is cancelled while its connection still stands: the application can say
    goodbye from a shielded scope, and what it leaves unsaid the server says.
    """

    def __init__(self, application: ASGIApp, *, on_startup_failed: Callable[[], None]) -> None:
        self._application = application
        self.lifespan: Lifespan = Lifespan(application, on_startup_failed=on_startup_failed)
        self.websockets: Live = Live()
        self.requests: Live = Live()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        match scope["type"]:
            case "lifespan":
                await self.lifespan(scope, receive, send)
                return
            case "websocket":
                live = self.websockets
            case _:
                live = self.requests
        with CancelScope() as call, live.hold(call.cancel):
            await self._application(scope, receive, send)
