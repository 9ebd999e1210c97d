"""A listening socket that came from the parent process as a file descriptor."""

from __future__ import annotations

import errno
import os
import socket

from anyws.cli.errors import InvalidOption, UnavailableAddress

_FAMILIES = ("AF_INET", "AF_INET6", "AF_UNIX")


def adopt(descriptor: int) -> socket.socket:
    """Take over a listening stream socket. The caller closes it.

    It becomes non-blocking, and processes that this one starts do not get it.

    Raises `UnavailableAddress` if there is nothing behind the descriptor, and `InvalidOption` if
    it is something else.
    """
    try:
        found = socket.socket(fileno=descriptor)
    except OSError as error:
        raise _unavailable(descriptor, error) from error
    why_not = _why_not(found)
    if why_not is not None:
        found.detach()
        raise InvalidOption(
            f"cannot listen on fd://{descriptor}: {why_not}; the parent process has to bind a TCP or"
            " Unix stream socket, listen on it, and pass it on"
        )
    found.setblocking(False)
    os.set_inheritable(found.fileno(), False)
    return found


def _why_not(found: socket.socket) -> str | None:
    if found.type != socket.SOCK_STREAM or getattr(found.family, "name", "") not in _FAMILIES:
        return "it is a socket of another kind"
    if not found.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
        return "it is a socket that does not listen"
    return None


def _unavailable(descriptor: int, error: OSError) -> UnavailableAddress:
    match error.errno:
        case errno.EBADF:
            why = (
                "this process has no such file descriptor; the parent process has to pass it on,"
                " as with subprocess.Popen(..., pass_fds=...)"
            )
        case errno.ENOTSOCK:
            why = "it is open, and no socket"
        case _:
            why = str(error.strerror)
    unavailable = UnavailableAddress(f"cannot listen on fd://{descriptor}: {why}")
    unavailable.errno = error.errno
    return unavailable
