"""Hypercorn's Trio worker."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import cast

import hypercorn.trio
import hypercorn.trio.run
from hypercorn.trio.tcp_server import TCPServer
from hypercorn.typing import ASGIFramework
from trio import SocketStream

from anyws._asgi.types import ASGIApp
from anyws.cli.worker.config import WorkerConfig
from anyws.cli.worker.mishaps import confined


async def work(
    application: ASGIApp, config: WorkerConfig, trigger: Callable[[], Awaitable[None]]
) -> None:
    """Serve on Trio. See `worker_of`."""
    await hypercorn.trio.serve(  # pyright: ignore[reportUnknownMemberType]  # bare generics
        cast("ASGIFramework", application), config, shutdown_trigger=trigger, mode="asgi"
    )


class Connection(TCPServer):
    """A connection that the launcher can cut."""

    async def run(self) -> None:
        """Serve the connection, and be known to the launcher meanwhile."""
        if not isinstance(self.config, WorkerConfig):
            return await super().run()  # Another server that runs in this process.
        with self.config.connections.hold(self.cut), confined():
            await super().run()

    def cut(self) -> None:
        """Close the socket, which is the one thing that ends a write to a peer that won't read."""
        cast("SocketStream", self.stream).socket.close()


# The worker has no setting for the class that serves a connection.
hypercorn.trio.run.TCPServer = Connection  # type: ignore[attr-defined]  # imported there, not exported
