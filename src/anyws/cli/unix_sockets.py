"""A Unix socket to listen on, and the file that stands for it."""

from __future__ import annotations

import errno
import os
import socket
import stat
from collections.abc import Generator
from contextlib import contextmanager, suppress
from typing import Final

from anyws.cli.errors import InvalidOption, UnavailableAddress

_LONGEST: Final = 107
"""Bytes that the path of a Unix socket can have on Linux; others have fewer."""


@contextmanager
def listening_at(path: str, *, backlog: int) -> Generator[socket.socket]:
    """Listen on a Unix socket, whose file is removed afterwards if it's still this one.

    A file that a process without a goodbye left behind, on which nobody listens, is replaced. The
    process's umask decides who may connect: with 0o007 its user and its group.

    Raises `UnavailableAddress` if somebody listens there, or if there is a file of another kind,
    and `InvalidOption` where the system has no Unix sockets.
    """
    if not hasattr(socket, "AF_UNIX"):
        raise InvalidOption(f"cannot listen on unix:{path}: this system has no Unix sockets")
    _make_room(path)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        listener.bind(path)
        listener.listen(backlog)
    except OSError as error:
        listener.close()
        raise _unavailable(path, error) from error
    listener.setblocking(False)
    ours = _identity(path)
    with listener:
        try:
            yield listener
        finally:
            if _identity(path) == ours:
                with suppress(OSError):
                    os.unlink(path)


def _make_room(path: str) -> None:
    """Remove a socket's file on which nobody listens."""
    try:
        found = os.lstat(path)
    except OSError:
        return  # There is none, or binding tells more.
    if not stat.S_ISSOCK(found.st_mode):
        raise UnavailableAddress(
            f"cannot listen on unix:{path}: it is there, and no socket; give another path, or"
            " remove it"
        )
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as visitor:
        visitor.setblocking(False)
        answer = visitor.connect_ex(path)
    match answer:
        case errno.ECONNREFUSED:
            with suppress(OSError):
                os.unlink(path)
        case errno.EACCES:
            raise UnavailableAddress(
                f"cannot listen on unix:{path}: a socket of another user is there; remove it, or"
                " give another path"
            )
        case errno.ENOENT:
            pass  # Somebody else has removed it.
        case _:
            raise UnavailableAddress(
                f"cannot listen on unix:{path}: another process listens there; end it, or give"
                " another path"
            )


def _identity(path: str) -> tuple[int, int] | None:
    try:
        found = os.lstat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _unavailable(path: str, error: OSError) -> UnavailableAddress:
    match error.errno:
        case errno.ENOENT | errno.ENOTDIR:
            why = f"there is no folder {os.path.dirname(path)}; create it, or give another path"
        case errno.EACCES | errno.EPERM | errno.EROFS:
            why = f"permission denied; the user {os.getuid()} has to be able to create files there"
        case errno.EADDRINUSE:
            why = "a file that cannot be removed is there; remove it, or give another path"
        case None if len(os.fsencode(path)) > _LONGEST:
            why = f"the path is too long; the system takes about {_LONGEST} bytes"
        case _:
            why = f"{error.strerror or error}; give another path"
    unavailable = UnavailableAddress(f"cannot listen on unix:{path}: {why}")
    unavailable.errno = error.errno
    return unavailable
