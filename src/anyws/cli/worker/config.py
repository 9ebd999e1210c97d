"""How Hypercorn is told what to do."""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator
from contextlib import contextmanager, nullcontext
from os import fspath
from socket import socket
from typing import Any, Final

from hypercorn.config import Config, Sockets
from hypercorn.logging import Logger

from anyws.cli.listening import BACKLOG
from anyws.cli.live import Live
from anyws.cli.options import ServeOptions
from anyws.cli.worker.door import Door
from anyws.cli.worker.heartbeat import Connection, Heartbeat
from anyws.cli.worker.mishaps import Mishaps
from anyws.cli.worker.reception import Reception
from anyws.cli.worker.settings import merge_settings, read_settings

_DAY: Final = 24 * 60 * 60
"""No limit, in seconds: not every event loop takes an infinite one. The launcher has its own."""


class _Log(Logger):
    """Hypercorn's warnings and errors, as records of the logger `hypercorn.error`."""

    async def info(self, message: str, *args: Any, **kwargs: Any) -> None:
        """Drop it: all that Hypercorn says here is that it runs, which the banner says."""


class WorkerConfig(Config):
    """One server: its listening socket, its live connections, and who is told of its start.

    Hypercorn closes `listener` when it stops to listen; closing it once more is harmless.
    """

    backlog = BACKLOG
    logger_class = _Log
    graceful_timeout: float = _DAY
    startup_timeout = _DAY
    shutdown_timeout = _DAY

    def __init__(
        self,
        listener: socket,
        connections: Live,
        on_start: Callable[[], None],
        options: ServeOptions,
        *,
        reception: Reception,
    ) -> None:
        options = merge_settings(options)
        if options.config is not None:
            for name, value in read_settings(options.config).items():
                setattr(self, name, value)
        self.connections = connections
        self.reception = reception
        self.mishaps: Mishaps = Mishaps()
        self.listener: socket = listener
        self._on_start = on_start
        self._apply(options)

    def _apply(self, options: ServeOptions) -> None:
        if self.errorlog == Config.errorlog:
            self.errorlog: logging.Logger | str | None = logging.getLogger("hypercorn.error")
        self.compression: bool = options.compression
        self.door: Door = Door(options.max_connections)
        self.heartbeat: Heartbeat | None = None
        if options.ping_interval is not None:
            self.heartbeat = Heartbeat(
                options.ping_interval, options.ping_timeout, self.mishaps.confined
            )
        self.websocket_ping_interval: float | None = (
            None  # Its task outlasts the WebSocket, and the stop.
        )
        self.websocket_max_message_size: int = options.max_message_size
        self.keep_alive_timeout: float = options.header_timeout
        self.ssl_handshake_timeout: float = options.tls_handshake_timeout
        self.certfile: str | None = None if options.certfile is None else fspath(options.certfile)
        self.keyfile: str | None = None if options.keyfile is None else fspath(options.keyfile)

    @contextmanager
    def attend(self, connection: Connection) -> Generator[None]:
        """Count a connection, and see to it that its client is there, until the block ends."""
        pulse = nullcontext() if self.heartbeat is None else self.heartbeat.watch(connection)
        with self.door.inside(), pulse:
            yield

    def create_sockets(self) -> Sockets:
        """Hand over the socket: Hypercorn asks when the application has started."""
        self._on_start()
        if self.ssl_enabled:
            return Sockets(secure_sockets=[self.listener], insecure_sockets=[], quic_sockets=[])
        return Sockets(secure_sockets=[], insecure_sockets=[self.listener], quic_sockets=[])
