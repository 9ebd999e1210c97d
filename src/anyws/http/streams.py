"""What a response's body can be streamed from, whatever its form."""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterable, AsyncIterator, Awaitable
from typing import Final, Protocol, Self, TypeAlias, runtime_checkable

from anyws.http.body import BodyStream
from anyws.media.multipart.part_stream import PartStream

CHUNK_SIZE: Final = 64 * 1024
"""Bytes that are asked of a stream at a time."""


@runtime_checkable
class AsyncReader(Protocol):
    """An object that is read as an open file is, with `await`."""

    def read(self, size: int, /) -> Awaitable[bytes]:
        """Give at most `size` bytes, and `b''` at the end."""
        ...


StreamSource: TypeAlias = AsyncIterable[bytes] | AsyncReader


def chunks(source: StreamSource) -> AsyncIterator[bytes]:
    """Iterate over a stream's bytes. What was iterated is closed by `aclose()`, not by the end."""
    # A file object of AnyIO is both; what it iterates over are lines. The body of a request gives
    # what has arrived where it is iterated, and would wait for as much as is asked for.
    if isinstance(source, AsyncReader) and not isinstance(source, (BodyStream, PartStream)):
        return _Chunks(source)
    return aiter(source)


async def aclose(source: object) -> None:
    """Close a stream if it can be closed, with its `aclose()` or else its `close()`.

    A cancellation can interrupt it where the stream's own method lets it.
    """
    close = getattr(source, "aclose", None) or getattr(source, "close", None)
    if close is None:
        return
    closing = close()
    if inspect.isawaitable(closing):
        await closing


class _Chunks:
    """The chunks that a reader gives."""

    __slots__ = ("_source",)

    def __init__(self, source: AsyncReader) -> None:
        self._source = source

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        reading: object = self._source.read(CHUNK_SIZE)
        if not inspect.isawaitable(reading):
            raise TypeError(
                f"read() of the stream {self._source!r} must be a coroutine function: "
                "open a file with anyio.open_file(), for example"
            )
        chunk: bytes = await reading
        if not chunk:
            raise StopAsyncIteration
        return chunk
