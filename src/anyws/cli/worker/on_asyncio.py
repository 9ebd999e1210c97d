"""Hypercorn's asyncio worker, with or without uvloop."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import cast

import hypercorn.asyncio
import hypercorn.asyncio.run
from hypercorn.asyncio.tcp_server import TCPServer
from hypercorn.typing import ASGIFramework

from anyws._asgi.types import ASGIApp
from anyws.cli.worker.config import WorkerConfig
from anyws.cli.worker.mishaps import confined


async def work(
    application: ASGIApp, config: WorkerConfig, trigger: Callable[[], Awaitable[None]]
) -> None:
    """Serve on asyncio. See `worker_of`."""
    await hypercorn.asyncio.serve(  # pyright: ignore[reportUnknownMemberType]  # bare generics
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
        """Drop the connection with all that waits to be written.

        From Python 3.12 on the worker waits, without end, for every connection to be closed.
        """
        self.writer.transport.abort()


# The worker has no setting for the class that serves a connection.
hypercorn.asyncio.run.TCPServer = Connection  # type: ignore[attr-defined]  # imported there, not exported
