"""A server that does what a test tells it, for what the simulator is too well-behaved to do."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Any, Final, Self

import anyio

from anyws import App, Request, WebSocket
from anyws.testing import wait_all_tasks_blocked

Event = dict[str, Any]
Responder = Callable[[Request, WebSocket], Awaitable[object]]


# A test whose application does not end fails after so many seconds: it takes milliseconds.
_PATIENCE = 10


class ScriptedServer:
    """Serves one WebSocket scope of an application; every event of either side is the test's.

    Entering it starts the application with `websocket.connect`. Leaving it waits for the
    application, and raises what left that, bare. `receive()` keeps its event when it is cancelled.
    """

    def __init__(self, app: Any, *, path: str = "/", connect: bool = True, **scope: Any) -> None:
        self.app = app
        self.sent: list[Event] = []
        self.receives = 0
        self.on_send: Callable[[Event], Awaitable[None]] | None = None
        self.on_receive: Callable[[], Awaitable[None]] | None = None
        self.scope = {
            "type": "websocket",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "path": path,
            "headers": [],
            "query_string": b"",
            "subprotocols": [],
        } | scope
        self.cancel_scope = anyio.CancelScope()
        self._outlet, self._inlet = anyio.create_memory_object_stream[Event](math.inf)
        self._error: BaseException | None = None
        self._done = anyio.Event()
        if connect:
            self.push("websocket.connect")

    def push(self, kind: str, **fields: Any) -> None:
        """Have `receive()` give this event after those that were pushed before."""
        self._outlet.send_nowait({"type": kind} | fields)

    def push_text(self, text: str) -> None:
        """Have the client send a TEXT message."""
        self.push("websocket.receive", text=text)

    def push_disconnect(self, code: int | None = 1001, reason: str | None = None) -> None:
        """Have the client leave."""
        self.push("websocket.disconnect", code=code, reason=reason)

    @property
    def done(self) -> bool:
        """Whether the application has returned or raised."""
        return self._done.is_set()

    def kinds(self) -> list[str]:
        """The types of the events that the application has sent, without their prefix."""
        return [event["type"].removeprefix("websocket.") for event in self.sent]

    def texts(self) -> list[str]:
        """The TEXT messages that the application has sent."""
        return [event["text"] for event in self.sent if "text" in event]

    @property
    def close_event(self) -> Event:
        """The application's only close."""
        [event] = [event for event in self.sent if event["type"] == "websocket.close"]
        return event

    def shut(self) -> None:
        """Give no more events."""
        self._outlet.close()
        self._inlet.close()

    async def receive(self) -> Event:
        """Give the next event."""
        self.receives += 1
        if self.on_receive is not None:
            await self.on_receive()
        return await self._inlet.receive()

    async def send(self, event: Event) -> None:
        """Take an event. `on_send` runs first, and may wait or raise."""
        if self.on_send is not None:
            await self.on_send(event)
        self.sent.append(event)

    async def __aenter__(self) -> Self:
        self._group = anyio.create_task_group()
        await self._group.__aenter__()
        self._group.start_soon(self._serve)
        await wait_all_tasks_blocked()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        try:
            if error is not None:
                self.cancel_scope.cancel()
            with anyio.fail_after(_PATIENCE, shield=error is not None):
                await self._done.wait()
        except TimeoutError:
            self.cancel_scope.cancel()
            raise
        finally:
            self.shut()
            await self._group.__aexit__(None, None, None)
        if error is None and self._error is not None:
            raise self._error

    async def _serve(self) -> None:
        try:
            with self.cancel_scope:
                await self.app(self.scope, self.receive, self.send)
        except Exception as error:
            self._error = error
        finally:
            self._done.set()


async def cancelled_by(server: ScriptedServer) -> None:
    """Have the server cancel the application; see that the cancellation comes back to it."""
    async with server:
        server.cancel_scope.cancel()
    assert server.cancel_scope.cancelled_caught


settle: Final = wait_all_tasks_blocked


class Route:
    """A resource whose `on_websocket` is a function of the test's."""

    def __init__(self, responder: Responder) -> None:
        self._responder = responder

    async def on_websocket(self, req: Request, ws: WebSocket) -> None:
        await self._responder(req, ws)


def app_with(responder: Responder, **options: Any) -> App:
    """Make an application whose route `/` has this responder, with these `ws_options`."""
    app = App()
    for name, value in options.items():
        setattr(app.ws_options, name, value)
    app.add_route("/", Route(responder))
    return app
