"""A server without a network: it calls an application as ASGI servers do, and costs next to nothing.

What it measures is therefore the application's share, and the differences between applications
are as large as they can be.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio
from anyio.lowlevel import checkpoint

from benchmarks._harness import Stopwatch

if TYPE_CHECKING:
    from anyio.abc import TaskGroup

    from anyws._asgi.types import ASGIApp, Event, Receive, Scope
    from benchmarks._websockets.conversations import Exchange


def websocket_scope(path: str) -> Scope:
    """Make a new scope, as a server does for each connection."""
    return {
        "type": "websocket",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "scheme": "ws",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [
            (b"host", b"api.example.com"),
            (b"user-agent", b"Mozilla/5.0 (X11; Linux x86_64; rv:141.0) Gecko/20100101"),
            (b"upgrade", b"websocket"),
            (b"connection", b"Upgrade"),
            (b"sec-websocket-key", b"dGhlIHNhbXBsZSBub25jZQ=="),
            (b"sec-websocket-version", b"13"),
        ],
        "subprotocols": [],
        "client": ("203.0.113.7", 51644),
        "server": ("10.0.0.5", 8000),
        "state": {},
        "extensions": {},
    }


async def start(app: ASGIApp, group: TaskGroup, stop: anyio.Event) -> None:
    """Start an application; it shuts down when it is told to stop."""
    started = anyio.Event()

    async def receive() -> Event:
        if not started.is_set():
            return {"type": "lifespan.startup"}
        await stop.wait()
        return {"type": "lifespan.shutdown"}

    async def send(event: Event) -> None:
        if event["type"].endswith(".failed"):
            raise RuntimeError(f"an application fails: {event}")
        started.set()

    asgi = {"version": "3.0", "spec_version": "2.0"}
    scope: Scope = {"type": "lifespan", "asgi": asgi, "state": {}}
    group.start_soon(app, scope, receive, send)
    await started.wait()


class Conversation:
    """A connection on which exchanges are timed, until the client leaves."""

    def __init__(self, app: ASGIApp, exchange: Exchange) -> None:
        self._app = app
        self._kind = exchange
        self._to_hand_out = 0
        self._due = 1
        """Events that the application still has to send: the first one is the accept."""
        self._wanted = anyio.Event()
        self._done = anyio.Event()
        self._left = False

    async def begin(self, group: TaskGroup) -> None:
        """Open the connection; the group waits until it is over."""
        scope = websocket_scope(self._kind.path)
        group.start_soon(self._app, scope, self._make_receive(), self._send)
        await self._done.wait()

    async def exchange(self, count: int) -> None:
        """Hand so many messages out, and wait for all of the answers."""
        self._to_hand_out = count
        self._done = anyio.Event()
        self._wanted.set()
        await self._done.wait()

    async def time_exchange(self, count: int) -> float:
        """Give the microseconds that each of so many messages takes."""
        watch = Stopwatch()
        # What others have used meanwhile is in the processor's caches: ours has to come back.
        await self.exchange(count // 10)
        with watch:
            await self.exchange(count)
        return watch.seconds / count * 1e6

    def leave(self) -> None:
        """Have the client leave."""
        self._left = True
        self._wanted.set()

    def _make_receive(self) -> Receive:
        connected, late = False, self._kind.late
        message, answers = dict(self._kind.message), self._kind.answers

        async def receive() -> Event:
            nonlocal connected
            if not connected:
                connected = True
                return {"type": "websocket.connect"}
            if not self._to_hand_out and not self._due:
                # To ask for more is all that an application does with the last one.
                self._done.set()
            if not self._to_hand_out or (late and self._due):
                self._wanted = anyio.Event()
                await self._wanted.wait()
            elif late:
                await checkpoint()
            if self._left:
                return {"type": "websocket.disconnect", "code": 1000}
            self._to_hand_out -= 1
            self._due += answers
            return message.copy()

        return receive

    async def _send(self, event: Event) -> None:
        self._due -= 1
        if not self._due:
            if not self._to_hand_out:
                self._done.set()
            elif self._kind.late:
                self._wanted.set()


async def time_connections(app: ASGIApp, path: str, last: str, count: int) -> float:
    """Give the microseconds of one connection whose client leaves after the `last` event."""
    watch = Stopwatch()
    for _ in range(count // 10):
        await _serve_short(app, path, last)
    with watch:
        for _ in range(count):
            await _serve_short(app, path, last)
    return watch.seconds / count * 1e6


async def _serve_short(app: ASGIApp, path: str, last: str) -> None:
    left = anyio.Event()

    async def send(event: Event) -> None:
        if event["type"] == last:
            left.set()

    await app(websocket_scope(path), _silence(left), send)


class Crowd:
    """Connections that stay open, and whose clients are silent until they leave."""

    def __init__(self, app: ASGIApp, path: str) -> None:
        self._app = app
        self._path = path
        self._missing = 0
        self._complete = anyio.Event()
        self._left = anyio.Event()

    async def gather(self, count: int, group: TaskGroup) -> None:
        """Open so many connections; the group waits until they are over."""
        self._missing = count
        for _ in range(count):
            scope = websocket_scope(self._path)
            group.start_soon(self._app, scope, _silence(self._left), self._send)
        await self._complete.wait()

    def leave(self) -> None:
        """Have all clients leave."""
        self._left.set()

    async def _send(self, event: Event) -> None:
        if event["type"] == "websocket.accept":
            self._missing -= 1
            if not self._missing:
                self._complete.set()


def _silence(left: anyio.Event) -> Receive:
    """Give the `receive()` of a connection whose client sends nothing, and leaves."""
    connected = False

    async def receive() -> Event:
        nonlocal connected
        if not connected:
            connected = True
            return {"type": "websocket.connect"}
        await left.wait()
        return {"type": "websocket.disconnect", "code": 1000}

    return receive
