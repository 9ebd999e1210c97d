"""Everything that touches a file. The functions block: they are called in worker threads."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from typing import TYPE_CHECKING, BinaryIO, Final, NamedTuple

from anyio import to_thread

from anyws._concurrency import shielded
from anyws.static.validators import Answer, Conditions, Version, decide

if TYPE_CHECKING:
    from collections.abc import Iterable

_CLOSE_TIMEOUT: Final = 5.0
# A file that is not longer is read by the call that opens it.
_SMALL: Final = 64 * 1024
_MISSING: Final = frozenset(
    {
        errno.ENOENT,
        errno.ENOTDIR,
        errno.EISDIR,
        errno.EACCES,
        errno.EPERM,
        errno.ELOOP,
        errno.ENAMETOOLONG,
        errno.ENXIO,
        errno.EINVAL,
    }
)
# A pipe must not hold up the thread that opens it; nor must the last link have been put there
# after it was looked at. Windows has no such flags, and one of its own.
_FLAGS: Final = (
    os.O_RDONLY
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_BINARY", 0)
)


class Found(NamedTuple):
    """A file that answers a request, and as much of it as was read at once."""

    name: str
    """The name by which it was asked for: a link may lead to another one."""

    version: Version
    answer: Answer
    content: bytes | None
    """All that is to be sent, where it is little."""

    stream: FileStream | None
    """All that is to be sent, where it is much; to be closed by whoever takes it."""


class FileStream:
    """Bytes of an open file, read in worker threads. Whoever holds it closes it."""

    __slots__ = ("_file", "_left", "length")

    def __init__(self, file: BinaryIO, length: int) -> None:
        self._file = file
        self._left = length
        self.length: int = length

    async def read(self, size: int) -> bytes:
        """Give at most `size` bytes, `b''` at the end.

        A cancellation waits for the thread. Raises `OSError` if the file has become shorter than
        it was when its length was announced.
        """
        if self._left == 0:
            return b""
        chunk = await to_thread.run_sync(self._file.read, min(size, self._left))
        if not chunk:
            raise _shorter(self._file)
        self._left -= len(chunk)
        return chunk

    async def aclose(self) -> None:
        """Close the file, also inside a scope that is cancelled."""
        with shielded(_CLOSE_TIMEOUT):
            await to_thread.run_sync(self._file.close)
        # No thread became free in time: a blocked event loop is better than a file left open.
        self._file.close()


def find(directory: str, candidates: Iterable[str], conditions: Conditions) -> Found | None:
    """Open the first of the candidates that is a file, and do with it what the request needs.

    Candidates are relative to the directory. Only regular files that lie inside it after all links
    have been resolved are found. What need not be sent, or could be read at once, is closed again.
    """
    root = os.path.realpath(directory)
    for candidate in candidates:
        try:
            path = _resolve(root, candidate)
            file = None if path is None else _open(path)
        except OSError as error:
            if error.errno not in _MISSING:
                raise
        else:
            if file is not None:
                return _answer(os.path.basename(candidate), file, conditions)
    return None


def _resolve(root: str, candidate: str) -> str | None:
    """Follow all links; None where they lead out of the directory, or nowhere."""
    try:
        path = os.path.realpath(os.path.join(root, candidate), strict=True)
    except (UnicodeEncodeError, RecursionError):
        # No file has a name that its file system cannot write; no kernel follows so many links.
        return None
    return path if is_inside(root, path) else None


def is_inside(root: str, path: str) -> bool:
    """Tell whether a resolved path lies below a resolved directory."""
    return path.startswith(root if root.endswith(os.sep) else root + os.sep)


def _open(path: str) -> BinaryIO | None:
    """Open a regular file; None for anything else."""
    descriptor = os.open(path, _FLAGS)
    if stat.S_ISREG(os.fstat(descriptor).st_mode):
        return os.fdopen(descriptor, "rb", buffering=0)
    os.close(descriptor)
    return None


def _answer(name: str, file: BinaryIO, conditions: Conditions) -> Found:
    """Give what the request needs of a file, which is left open only where a stream needs it."""
    with contextlib.ExitStack() as on_the_way_out:
        on_the_way_out.callback(file.close)
        version = Version.of(os.fstat(file.fileno()))
        answer = decide(version, conditions)
        body = answer.body(version)
        if body is None:
            return Found(name, version, answer, None, None)
        file.seek(body.first)
        if body.length <= _SMALL:
            return Found(name, version, answer, _read_exactly(file, body.length), None)
        on_the_way_out.pop_all()
        return Found(name, version, answer, None, FileStream(file, body.length))


def _read_exactly(file: BinaryIO, length: int) -> bytes:
    content = file.read(length)
    if len(content) < length:
        raise _shorter(file)
    return content


def _shorter(file: BinaryIO) -> OSError:
    return OSError(f"{file.name} has become shorter while it was sent")
