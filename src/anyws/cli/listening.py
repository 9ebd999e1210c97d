"""The listening socket: bound before anything else happens, so that its errors come first."""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Generator
from contextlib import AbstractContextManager, closing, contextmanager
from typing import Final, TypeAlias

from anyws.cli.addresses import HIGHEST_PORT, Address, Inherited, TcpAddress, UnixAddress
from anyws.cli.errors import InvalidOption, UnavailableAddress
from anyws.cli.inherited import adopt
from anyws.cli.unix_sockets import listening_at

BACKLOG: Final = 1024
"""Connections that the kernel keeps waiting; it cuts the number to its own limit."""

_Address: TypeAlias = tuple[str, int] | tuple[str, int, int, int] | tuple[int, bytes]


@contextmanager
def listening_on(address: Address) -> Generator[socket.socket]:
    """Listen at an address. The socket is closed afterwards, and a Unix socket's file removed.

    Raises `InvalidOption` for what can never be, and `UnavailableAddress`, an `OSError`.
    """
    opened: AbstractContextManager[socket.socket]
    match address:
        case TcpAddress(host, port):
            opened = closing(listen(host, port))
        case Inherited(descriptor):
            opened = closing(adopt(descriptor))
        case UnixAddress(path):
            opened = listening_at(path, backlog=BACKLOG)
    with opened as listener:
        yield listener


def listen(host: str, port: int) -> socket.socket:
    """Bind a non-blocking TCP socket to the address, and listen on it.

    `host` is a name, an IPv4 or an IPv6 address; of a name that stands for addresses of both
    kinds the IPv4 one is taken. Port 0 is one that the system picks. The caller closes the socket.

    The socket listens at once, since two processes can bind the same port and learn of each
    other only then; clients that come before the application has started wait in the backlog.

    Raises `InvalidOption` for a port out of range and `UnavailableAddress`, an `OSError`, for an
    address that cannot be had.
    """
    if not 0 <= port <= HIGHEST_PORT:
        raise InvalidOption(f"port {port!r} is no port: give a number from 0 to {HIGHEST_PORT}")
    family, address = _resolve(host, port)
    # Where asyncio sees that it is TCP it turns off what delays small responses by 40 ms.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        _bind(listener, address)
    except OSError as error:
        listener.close()
        raise _unavailable(host, port, error) from error
    return listener


def port_of(listener: socket.socket) -> int:
    """Give the port that a socket listens on, 0 for a Unix socket.

    Where port 0 was asked for it is the one that the system picked.
    """
    if listener.family not in (socket.AF_INET, socket.AF_INET6):
        return 0
    port: int = listener.getsockname()[1]
    return port


def url_of(listener: socket.socket, *, scheme: str = "http") -> str:
    """Give the URL that a client of this machine would type, `unix:` and the path of a socket."""
    if listener.family not in (socket.AF_INET, socket.AF_INET6):
        return f"unix:{listener.getsockname()}"
    host: str = listener.getsockname()[0]
    if listener.family == socket.AF_INET6:
        host = f"[{host}]"
    return f"{scheme}://{host}:{port_of(listener)}"


def _resolve(host: str, port: int) -> tuple[socket.AddressFamily, _Address]:
    if host == "":
        raise InvalidOption("the host is empty: give 0.0.0.0 for every address of this machine")
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise UnavailableAddress(
            f"cannot listen on {host} port {port}: the host is not known here; give 127.0.0.1,"
            " 0.0.0.0, or a name that this machine has"
        ) from error
    family, _, _, _, address = min(found, key=lambda entry: entry[0] != socket.AF_INET)
    return family, address


def _bind(listener: socket.socket, address: _Address) -> None:
    if os.name == "posix":
        # Elsewhere the option would let two processes share the port.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(address)
    listener.listen(BACKLOG)
    listener.setblocking(False)


def _unavailable(host: str, port: int, error: OSError) -> UnavailableAddress:
    match error.errno:
        case errno.EADDRINUSE:
            why = "the port is in use; end the process that has it, or give another port"
        case errno.EACCES:
            why = "permission denied; give a port above 1023, or run with the right to use it"
        case errno.EADDRNOTAVAIL:
            why = "this machine has no such address; give 127.0.0.1 or 0.0.0.0"
        case _:
            why = f"{error.strerror}; give another host or port"
    unavailable = UnavailableAddress(f"cannot listen on {host} port {port}: {why}")
    unavailable.errno = error.errno
    return unavailable
