"""Hypercorn's Trio worker."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from typing import Any, cast

import hypercorn.trio
import hypercorn.trio.run
from hypercorn.events import Closed, Event, RawData
from hypercorn.trio.tcp_server import TCPServer
from hypercorn.trio.worker_context import WorkerContext
from hypercorn.typing import ASGIFramework
from trio import (
    BrokenResourceError,
    BusyResourceError,
    CancelScope,
    ClosedResourceError,
    SocketStream,
)
from trio.abc import Stream
from trio.lowlevel import checkpoint_if_cancelled
from trio.socket import SocketType

from anyws._asgi.scope import WHOLE_SENDS
from anyws._asgi.types import ASGIApp, Receive, Scope, Send
from anyws.cli.worker.config import WorkerConfig
from anyws.cli.worker.reception import Wait
from anyws.cli.worker.silence import limit_silence


async def work(
    application: ASGIApp, config: WorkerConfig, trigger: Callable[[], Awaitable[None]]
) -> None:
    """Serve on Trio. See `worker_of`."""
    await hypercorn.trio.serve(  # pyright: ignore[reportUnknownMemberType]  # bare generics
        cast("ASGIFramework", _vouch(application)), config, shutdown_trigger=trigger, mode="asgi"
    )


def _vouch(application: ASGIApp) -> ASGIApp:
    """Tell an application that its messages are sent whole or not at all: see `_write()`.

    Over HTTP/2 a send may wait for the client's window as well, and only a cancellation ends it.
    """

    vouched = {"look": checkpoint_if_cancelled}

    def call(scope: Scope, receive: Receive, send: Send) -> Coroutine[Any, Any, None]:
        if scope["type"] == "websocket" and scope["http_version"] == "1.1":
            scope.setdefault("extensions", {})[WHOLE_SENDS] = vouched
        return application(scope, receive, send)

    return call


class Connection(TCPServer):
    """A connection that the launcher can cut, and that asks it how long to wait."""

    _wait: Wait | None = None

    async def run(self) -> None:
        """Serve the connection, and be known to the launcher meanwhile."""
        config = self.config
        if not isinstance(config, WorkerConfig):
            return await super().run()  # Another server that runs in this process.
        if config.door.is_full():
            self.cut()
            return None
        self.context: WorkerContext = config.reception.context_of(self.context)
        limit_silence(self._transport.socket, config.reception.send_timeout)
        with (
            config.connections.hold(self.cut),
            config.attend(self),
            config.mishaps.confined(),
            Wait(config.reception) as self._wait,
            suppress(ClosedResourceError),  # It was cut in its TLS handshake.
        ):
            await super().run()

    async def _read_data(self) -> None:
        await super()._read_data()
        # Else a client that has left would be waited for as long as for its next request.
        await self.idle_task.stop()

    async def protocol_send(self, event: Event) -> None:
        """Do what Hypercorn's protocols want done with the connection."""
        if self._wait is None:
            await super().protocol_send(event)
        elif isinstance(event, RawData):
            await self._write(event.data)
        else:
            self._wait.note(event)
            await super().protocol_send(event)

    async def _write(self, data: bytes) -> None:
        # Hypercorn waits for the lock outside of its shield. A message whose send is cancelled
        # there is lost, and the compression of those that follow out of step. What ends a write
        # to a client that does not read is cut(), or the limit to its silence.
        try:
            with CancelScope() as scope:  # pyright: ignore[reportCallIssue]  # of attrs
                scope.shield = True
                async with self.send_lock:
                    await self.stream.send_all(data)
        except (BrokenResourceError, ClosedResourceError, BusyResourceError):
            # It is busy with nothing but its end: writes have the lock, and `send_eof()` needs none.
            await self.protocol.handle(Closed())

    def cut(self) -> None:
        """Close the socket, which is the one thing that ends a write to a peer that won't read."""
        self._transport.socket.close()

    @property
    def socket(self) -> SocketType:
        """The connection's socket, under TLS if there is TLS."""
        return self._transport.socket

    @property
    def _transport(self) -> SocketStream:
        # Hypercorn's annotation knows of TLS alone.
        stream: Stream = self.stream
        return cast("SocketStream", getattr(stream, "transport_stream", stream))


# The worker has no setting for the class that serves a connection.
hypercorn.trio.run.TCPServer = Connection  # type: ignore[attr-defined]  # imported there, not exported
