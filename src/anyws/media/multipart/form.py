"""A multipart form that arrives."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING, Final, Self

from anyws.errors import HTTPError
from anyws.media.multipart.parser import PartHead
from anyws.media.multipart.part import BodyPart
from anyws.media.multipart.part_stream import PartStream

if TYPE_CHECKING:
    from anyws.media.base import AsyncReadable
    from anyws.media.multipart.options import MultipartOptions
    from anyws.media.multipart.parser import FormEvent, FormParser

_CHUNK_SIZE: Final = 64 * 1024


class MultipartForm:
    """The parts of a form, in the order in which they arrive: `async for part in form`.

    A part is to be read before the next one is asked for, since nothing is kept of it then. Asking
    for parts, and reading them, raises `MultipartParseError` (400) where the body is no form or
    ends too early, `HTTPContentTooLarge` (413) beyond a limit, and what reading the request's body
    raises. What came before the mistake is given first. A cancelled call loses nothing. One task
    reads at a time. There is nothing to close.
    """

    def __init__(self, body: AsyncReadable, parser: FormParser, options: MultipartOptions) -> None:
        self._receive = _receiver(body)
        self._parser = parser
        self._options = options
        self._events: deque[FormEvent] = deque()
        self._error: HTTPError | None = None
        self._ended = False
        self._stream: PartStream | None = None

    # Hidden from type checkers, which refuse it by themselves. `for` and `in` come here as well.
    if not TYPE_CHECKING:

        def __getitem__(self, key: object) -> object:
            raise TypeError(
                "a form is read part by part, as it arrives: async for part in form, and then "
                "await part.get_data() of those whose part.name is looked for"
            )

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> BodyPart:
        """Give the next part; what is left of the one before is dropped."""
        if self._stream is not None:
            await self._stream.drop()
        while not self._events:
            if self._ended and self._error is None:
                raise StopAsyncIteration
            await self._parse_more()
        head = self._events.popleft()
        assert isinstance(head, PartHead), "a part begins where the one before has ended"
        self._stream = PartStream(self._next_chunk)
        return BodyPart(head, self._stream, self._options)

    async def _next_chunk(self) -> bytes:
        """Give some of the part's body, `b''` at its end."""
        while not self._events:
            await self._parse_more()
        chunk = self._events.popleft()
        assert chunk is None or isinstance(chunk, bytes), "a part ends before the next one begins"
        return b"" if chunk is None else chunk

    async def _parse_more(self) -> None:
        if self._error is not None:
            raise self._error
        chunk = await self._receive()
        self._ended = not chunk
        try:
            self._parser.feed(chunk, self._events)
        except HTTPError as error:
            self._error = error


def _receiver(body: AsyncReadable) -> Callable[[], Awaitable[bytes]]:
    """Give what reads some of a body, `b''` at its end: as it arrives, if the body can do that."""
    if isinstance(body, AsyncIterator):
        return partial(anext, body, b"")
    return partial(body.read, _CHUNK_SIZE)
