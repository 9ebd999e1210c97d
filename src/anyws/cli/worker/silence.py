"""A limit to how long a client may take nothing of what it is sent."""

from __future__ import annotations

import socket
from contextlib import suppress
from typing import Final, Protocol

_OPTION: Final[int | None] = getattr(socket, "TCP_USER_TIMEOUT", None)


class Settable(Protocol):
    """A socket, as each event loop has one."""

    @property
    def family(self) -> int: ...

    def setsockopt(self, level: int, name: int, value: int, /) -> None: ...


def limit_silence(connection: Settable, seconds: float | None) -> None:
    """Have the system drop a connection whose client takes nothing for so many seconds.

    That is RFC 5482's user timeout: data that was sent is not acknowledged, or the client's
    window stays shut. A client that reads slowly is none of these. Nothing happens where the
    system has no such limit, for sockets that are no TCP, and where `seconds` is None.
    """
    if _OPTION is None or seconds is None:
        return
    if connection.family in (socket.AF_INET, socket.AF_INET6):
        with suppress(OSError):  # The client has left.
            connection.setsockopt(socket.IPPROTO_TCP, _OPTION, max(1, round(seconds * 1000)))
