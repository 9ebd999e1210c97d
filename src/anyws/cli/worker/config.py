"""How Hypercorn is told what to do."""

from __future__ import annotations

import logging
from collections.abc import Callable
from socket import socket
from typing import Any, Final

from hypercorn.config import Config, Sockets
from hypercorn.logging import Logger

from anyws.cli.listening import BACKLOG
from anyws.cli.live import Live
from anyws.cli.options import ServeOptions

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
    startup_timeout = _DAY
    shutdown_timeout = _DAY

    def __init__(
        self,
        listener: socket,
        connections: Live,
        on_start: Callable[[], None],
        options: ServeOptions,
        *,
        graceful_timeout: float,
    ) -> None:
        self.connections = connections
        self.errorlog: logging.Logger | str | None = logging.getLogger("hypercorn.error")
        self.graceful_timeout = graceful_timeout
        self.keep_alive_timeout = options.header_timeout
        self.websocket_max_message_size = options.max_message_size
        self._listener = listener
        self._on_start = on_start

    def create_sockets(self) -> Sockets:
        """Hand over the socket: Hypercorn asks when the application has started."""
        self._on_start()
        return Sockets(secure_sockets=[], insecure_sockets=[self._listener], quic_sockets=[])
