"""A connection whose request and WebSocket are in the hands of the test, from the handshake on."""

from __future__ import annotations

from types import TracebackType
from typing import Any, Self

import anyio

from anyws import App, Request, WebSocket
from tests.websocket.scripted import Event, Route, ScriptedServer


class HeldSocket(ScriptedServer):
    """A server and an application whose responder hands `req` and `ws` over, and waits.

    The responder accepts first unless `accept` is False. Leaving the block lets it return.
    """

    req: Request
    ws: WebSocket

    def __init__(
        self,
        app: App | None = None,
        *,
        accept: bool = True,
        options: dict[str, Any] | None = None,
        **scope: Any,
    ) -> None:
        app = App() if app is None else app
        for name, value in (options or {}).items():
            setattr(app.ws_options, name, value)
        app.add_route(scope.get("path", "/"), Route(self._hold))
        super().__init__(app, **scope)
        self._accept = accept
        self._let_go = anyio.Event()

    async def __aenter__(self) -> Self:
        await super().__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.let_responder_go()
        await super().__aexit__(kind, error, traceback)

    def let_responder_go(self) -> None:
        """Let the responder return."""
        self._let_go.set()

    async def _hold(self, req: Request, ws: WebSocket) -> None:
        self.req, self.ws = req, ws
        # The test's task stands for the responder's: what it receives it reads by itself.
        ws._connection.reader._host = None
        if self._accept:
            await ws.accept()
        await self._let_go.wait()


class Suspended:
    """An `on_send` that keeps the server from taking one kind of event.

    Leaving the block lets it go.
    """

    def __init__(self, server: ScriptedServer, kind: str) -> None:
        self._server = server
        self._kind = f"websocket.{kind}"
        self.entered = anyio.Event()
        self.let_go = anyio.Event()

    async def __call__(self, event: Event) -> None:
        if event["type"] == self._kind:
            self.entered.set()
            await self.let_go.wait()

    async def __aenter__(self) -> Self:
        self._server.on_send = self
        return self

    async def __aexit__(self, *exception: object) -> None:
        self.let_go.set()


class Failing:
    """An `on_send` that raises for one kind of event."""

    def __init__(self, kind: str, error: Exception) -> None:
        self._kind = f"websocket.{kind}"
        self._error = error

    async def __call__(self, event: Event) -> None:
        if event["type"] == self._kind:
            raise self._error


def asgi(spec_version: object) -> dict[str, object]:
    """The `asgi` of a scope whose server speaks this version of the WebSocket specification."""
    return {"version": "3.0", "spec_version": spec_version}
