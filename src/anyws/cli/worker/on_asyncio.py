"""Hypercorn's asyncio worker, with or without uvloop."""

from __future__ import annotations

import asyncio
from asyncio.trsock import TransportSocket
from collections.abc import Awaitable, Callable
from contextlib import closing, suppress
from functools import partial
from socket import SHUT_RDWR, socket
from typing import Any, cast
from weakref import WeakSet

import hypercorn.asyncio
import hypercorn.asyncio.run
from anyio import Event, create_task_group
from hypercorn.asyncio.tcp_server import TCPServer
from hypercorn.asyncio.worker_context import WorkerContext
from hypercorn.events import Event as TransportEvent
from hypercorn.typing import ASGIFramework

from anyws._asgi.types import ASGIApp
from anyws.cli.worker.config import WorkerConfig
from anyws.cli.worker.reception import Wait
from anyws.cli.worker.silence import limit_silence


async def work(
    application: ASGIApp, config: WorkerConfig, trigger: Callable[[], Awaitable[None]]
) -> None:
    """Serve on asyncio. See `worker_of`."""

    async def stop_accepting() -> None:
        await trigger()
        # Where asyncio stops to listen it drops what it accepted in that very step: there is to
        # be a step in between. uvloop has no such gap, and no such reader.
        asyncio.get_running_loop().remove_reader(config.listener)
        await asyncio.sleep(0)

    serve = partial(
        hypercorn.asyncio.serve,  # pyright: ignore[reportUnknownMemberType]  # bare generics
        cast("ASGIFramework", application),
        config,
        shutdown_trigger=stop_accepting,
        mode="asgi",
    )
    with closing(Listener(config.listener)) as config.listener:
        async with create_task_group() as tasks:
            tasks.start_soon(config.listener.cut_at, config.reception.cut)
            await serve()
            tasks.cancel_scope.cancel()


class Listener(socket):
    """A listening socket that can cut whom it has let in, as far as asyncio asks it.

    That is for those who never end their TLS handshake: they are no connection yet, but from
    Python 3.12 on the end of the server waits for them too.
    """

    def __init__(self, listener: socket) -> None:
        super().__init__(fileno=listener.detach())
        self._accepted: WeakSet[socket] = WeakSet()

    def accept(self) -> tuple[socket, Any]:
        """Let somebody in."""
        connection, address = super().accept()
        self._accepted.add(connection)
        return connection, address

    async def cut_at(self, event: Event) -> None:
        """End what is still open when an event is set."""
        await event.wait()
        for connection in tuple(self._accepted):
            with suppress(OSError):  # It has ended.
                connection.shutdown(SHUT_RDWR)


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
        limit_silence(self.writer.get_extra_info("socket"), config.reception.send_timeout)
        with (
            config.connections.hold(self.cut),
            config.attend(self),
            config.mishaps.confined(),
            Wait(config.reception) as self._wait,
        ):
            await super().run()

    async def _read_data(self) -> None:
        await super()._read_data()
        # Else a client that has left would be waited for as long as for its next request.
        await self.idle_task.stop()

    async def protocol_send(self, event: TransportEvent) -> None:
        """Do what Hypercorn's protocols want done with the connection."""
        if self._wait is not None:
            self._wait.note(event)
        await super().protocol_send(event)

    @property
    def socket(self) -> TransportSocket:
        """The connection's socket, under TLS if there is TLS."""
        return cast("TransportSocket", self.writer.get_extra_info("socket"))

    def cut(self) -> None:
        """Drop the connection with all that waits to be written.

        From Python 3.12 on the worker waits, without end, for every connection to be closed.
        """
        self.writer.transport.abort()


# The worker has no setting for the class that serves a connection.
hypercorn.asyncio.run.TCPServer = Connection  # type: ignore[attr-defined]  # imported there, not exported
