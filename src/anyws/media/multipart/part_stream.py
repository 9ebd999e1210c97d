"""The body of one part of a multipart form."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Self

from anyws.errors import HTTPContentTooLarge, OperationNotAllowed


class PartStream:
    """Reads a part's body as it arrives: `part.stream`.

    Everything that reads raises what reading the form does. A cancelled read loses nothing. One
    task reads at a time. What is left when the form is asked for its next part is dropped, and
    reading raises `OperationNotAllowed` from then on. There is nothing to close.
    """

    __slots__ = ("_buffer", "_dropped", "_ended", "_receive")

    def __init__(self, receive: Callable[[], Awaitable[bytes]]) -> None:
        self._receive = receive
        self._buffer = bytearray()
        self._ended = False
        self._dropped = False

    @property
    def eof(self) -> bool:
        """Whether everything has been read, and the end been seen."""
        return self._ended and not self._buffer

    async def read(self, n: int | None = -1, /) -> bytes:
        """Read `n` bytes, fewer only at the end; all that is left where `n` is None or negative."""
        if n is None or n < 0:
            return await self.readall()
        await self._fill(n)
        return self._take(n)

    async def readall(self) -> bytes:
        """Read all that is left, however much."""
        await self._fill(None)
        return self._take(len(self._buffer))

    async def read_within(self, limit: int | None) -> bytes:
        """Read all that is left; `HTTPContentTooLarge` if that is more than `limit` bytes."""
        await self._fill(None if limit is None else limit + 1)
        if limit is not None and len(self._buffer) > limit:
            raise HTTPContentTooLarge(
                description=f"A part of the form must not be longer than {limit} bytes."
            )
        return self._take(len(self._buffer))

    async def exhaust(self) -> None:
        """Read what is left and drop it."""
        async for _ in self:
            pass

    async def drop(self) -> None:
        """Read what is left and drop it, since the next part is wanted: for the form."""
        if not self.eof:
            self._dropped = True
        self._buffer.clear()
        while not self._ended:
            self._ended = not await self._receive()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        """Give the bytes as they arrive."""
        await self._fill(1)
        if not self._buffer:
            raise StopAsyncIteration
        return self._take(len(self._buffer))

    async def _fill(self, n: int | None) -> None:
        """Have at least `n` bytes in the buffer, all that come for None, if there are as many."""
        if self._dropped:
            raise OperationNotAllowed(
                "this part was passed over: read it before the form is asked for its next part"
            )
        while not self._ended and (n is None or len(self._buffer) < n):
            chunk = await self._receive()
            self._buffer += chunk
            self._ended = not chunk

    def _take(self, n: int) -> bytes:
        taken = bytes(self._buffer[:n])
        del self._buffer[:n]
        return taken
