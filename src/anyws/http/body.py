"""The body of a request, as a stream."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from anyws.errors import ClientDisconnected, HTTPContentTooLarge
from anyws.http.parts import Parts

if TYPE_CHECKING:
    from anyws.http.incoming import Incoming


class BodyStream:
    """Read a request's body as it arrives: `req.stream`.

    Everything that reads raises `HTTPContentTooLarge` (413) once the body is longer than
    `max_size` bytes, without reading further, and `ClientDisconnected` if the client leaves
    before all of it has arrived. A cancelled read loses nothing: what had arrived is given to the
    next one. One task reads at a time. There is nothing to close.
    """

    __slots__ = ("_ended", "_incoming", "_length", "_max_size", "_parts", "_received")

    def __init__(
        self, incoming: Incoming, *, content_length: int | None, max_size: int | None
    ) -> None:
        self._incoming = incoming
        self._length = content_length
        self._max_size = max_size
        self._parts = Parts()
        self._received = 0
        self._ended = content_length == 0

    @property
    def eof(self) -> bool:
        """Whether everything has been read."""
        return not self._parts.size and (self._ended or self._incoming.body_ended)

    @property
    def arrived(self) -> bool:
        """Whether all of the body is here, read or not; for the framework."""
        return self._ended or self._incoming.body_arrived

    async def read(self, n: int | None = -1) -> bytes:
        """Read `n` bytes, fewer only at the end; all that is left where `n` is None or negative."""
        if n is None or n < 0:
            return await self.readall()
        while self._parts.size < n and not self._ended:
            await self._receive_part()
        return self._parts.take(n)

    async def readall(self) -> bytes:
        """Read all that is left."""
        while not self._ended:
            await self._receive_part()
        return self._parts.take(self._parts.size)

    async def exhaust(self) -> None:
        """Read what is left and drop it."""
        async for _ in self:
            pass

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        """Give the parts as they arrive, none of them empty."""
        while not self._parts.size:
            if self._ended:
                raise StopAsyncIteration
            await self._receive_part()
        return self._parts.take_first()

    async def _receive_part(self) -> None:
        """Wait for one part of the body and keep it, or note the end."""
        limit = self._max_size
        if limit is not None and max(self._received, self._length or 0) > limit:
            raise HTTPContentTooLarge(
                description=f"The body of the request must not be longer than {limit} bytes."
            )
        part = await self._incoming.next_part()
        if not part:
            self._end()
            return
        self._received += len(part)
        if self._length is not None and self._received >= self._length:
            # Whatever follows belongs to nobody (RFC 9112, section 6.3).
            part = part[: len(part) - (self._received - self._length)]
            self._ended = True
        if limit is None or self._received <= limit:
            self._parts.append(part)

    def _end(self) -> None:
        if self._length is not None and self._received < self._length:
            # RFC 9112, section 8: fewer bytes than announced are an incomplete message.
            raise ClientDisconnected(
                f"{self._received} of the {self._length} bytes that Content-Length announces came"
            )
        self._ended = True
