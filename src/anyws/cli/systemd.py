"""What systemd and a service tell each other: sockets to serve on, and when it is ready.

See `sd_listen_fds(3)` and `sd_notify(3)`; both are the environment and a socket, no library.
"""

from __future__ import annotations

import logging
import os
import socket
import time
from collections.abc import MutableMapping
from typing import Final

from anyio import TASK_STATUS_IGNORED, create_task_group
from anyio.abc import TaskStatus

from anyws.cli.addresses import Inherited
from anyws.cli.errors import InvalidOption
from anyws.cli.stopping import Stop, Watch

_FIRST_DESCRIPTOR: Final = 3
_logger = logging.getLogger("anyws")


def take_activation(environment: MutableMapping[str, str]) -> Inherited | None:
    """Give the socket that systemd listens on for this process, None if there is none.

    The variables are taken out of the environment: they are not for the processes of this one.

    Raises `InvalidOption` for more than one socket.
    """
    if environment.get("LISTEN_PID") != str(os.getpid()):
        return None
    del environment["LISTEN_PID"]
    count = environment.pop("LISTEN_FDS", "0")
    environment.pop("LISTEN_FDNAMES", None)
    if count == "0":
        return None
    if count != "1":
        raise InvalidOption(
            f"systemd hands over {count} sockets (LISTEN_FDS), and one can be served on: leave one"
            " line with ListenStream= in the .socket unit, or choose one with --bind fd://3"
        )
    return Inherited(_FIRST_DESCRIPTOR)


class Notifier:
    """Tells the service manager how it goes, or nobody where nobody wants to know.

    A message that cannot be sent is logged, and nothing else comes of it.
    """

    def __init__(self, address: str | None) -> None:
        self._address = address

    @classmethod
    def of_environment(cls) -> Notifier:
        """Tell whom `$NOTIFY_SOCKET` names."""
        return cls(os.environ.get("NOTIFY_SOCKET"))

    def ready(self) -> None:
        """Say that clients can connect, after the start or after a reload."""
        self._send("READY=1")

    def reloading(self) -> None:
        """Say that new code is being loaded; `ready()` ends it."""
        # Type=notify-reload wants to know when, by the clock that this one is.
        now = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
        self._send("RELOADING=1", f"MONOTONIC_USEC={now}")

    def stopping(self) -> None:
        """Say that the end has begun."""
        self._send("STOPPING=1")

    def _send(self, *lines: str) -> None:
        if not self._address:
            return
        # An @ stands for the null byte of Linux's abstract sockets (unix(7)).
        name = f"\0{self._address[1:]}" if self._address.startswith("@") else self._address
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
                manager.setblocking(False)
                manager.sendto("\n".join(lines).encode(), name)
        except OSError as error:
            _logger.warning("cannot tell the service manager %s: %s", lines[0], error)


def watch_telling(watch: Watch, notifier: Notifier) -> Watch:
    """Watch for a stop, and tell the service manager when one is asked for."""

    async def watch_and_tell(
        stop: Stop, *, task_status: TaskStatus[None] = TASK_STATUS_IGNORED
    ) -> None:
        async with create_task_group() as tasks:
            await tasks.start(watch, stop)
            task_status.started()
            await stop.requested.wait()
            notifier.stopping()

    return watch_and_tell
