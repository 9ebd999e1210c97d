"""How much of what was written a client has taken, as far as the system tells."""

from __future__ import annotations

import socket
import sys
from typing import Final, Protocol

_OPTION: Final[int | None] = getattr(socket, "TCP_INFO", None) if sys.platform == "linux" else None

# `tcpi_bytes_acked` of `struct tcp_info`, which Linux extends at its end alone.
_ACKNOWLEDGED: Final = slice(120, 128)


class Readable(Protocol):
    """A socket, as each event loop has one."""

    def getsockopt(self, level: int, name: int, size: int, /) -> bytes: ...


def acknowledged(connection: Readable) -> int | None:
    """Give the number of bytes that the other end has acknowledged.

    None where the system does not tell: only Linux does, for TCP and while the socket is open.
    """
    if _OPTION is None:
        return None
    try:
        info = connection.getsockopt(socket.IPPROTO_TCP, _OPTION, _ACKNOWLEDGED.stop)
    except OSError:
        return None
    found = info[_ACKNOWLEDGED]
    return int.from_bytes(found, sys.byteorder) if len(found) == 8 else None
