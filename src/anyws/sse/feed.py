"""Server-sent events on their way from the program's generator to the client."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import anyio

from anyws._concurrency import shielded
from anyws.http.departure import CLOSE_GRACE
from anyws.http.streams import aclose
from anyws.sse.encoding import PING

if TYPE_CHECKING:
    from collections.abc import AsyncIterable
    from types import TracebackType

    from anyws.http.departure import Departure
    from anyws.http.response import ServerSentEvent


class EventFeed:
    """Gives what is to be sent: the events of a source, and a ping whenever there are none.

    `run()` belongs into a task of its own, beside the one that iterates over the feed; the source
    is first asked there, waits there and is closed there. It is not asked for an event before the
    one that came before it was taken, and a ping does not disturb it while it waits.

    Iterating ends when the source has ended. A context manager: it is to be left when both of the
    tasks are through.
    """

    __slots__ = ("_ended", "_inlet", "_interval", "_outlet", "_source", "_wait")

    def __init__(
        self, source: AsyncIterable[ServerSentEvent | None], *, ping_interval: float | None
    ) -> None:
        self._source = source
        self._interval = ping_interval
        self._outlet, self._inlet = anyio.create_memory_object_stream[bytes](0)
        self._ended = False
        self._wait = anyio.CancelScope()

    def end(self) -> None:
        """Have the iteration end before the next event, whatever the source does."""
        self._ended = True
        self._wait.cancel()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._outlet.close()
        self._inlet.close()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        if self._ended:
            raise StopAsyncIteration
        # A receive that is cancelled has taken nothing.
        with anyio.move_on_after(self._interval) as self._wait:
            try:
                return await self._inlet.receive()
            except anyio.EndOfStream:
                raise StopAsyncIteration from None
        if self._ended:
            raise StopAsyncIteration
        return PING

    async def run(self, departure: Departure) -> None:
        """Take events from the source until it ends or the client leaves, and close it.

        Raises what the source raises, and `TypeError` for something else than an event or None.
        The feed does not end then: that is for a source that did.
        """
        events = aiter(self._source)
        try:
            async for event in departure.each(events):
                await self._outlet.send(_encode(event))
        finally:
            with shielded(CLOSE_GRACE):
                await aclose(events)
                if events is not self._source:
                    await aclose(self._source)
        self._outlet.close()


def _encode(event: ServerSentEvent | None) -> bytes:
    if event is None:
        return PING
    serialize = getattr(event, "serialize", None)
    if serialize is None:
        raise TypeError(f"resp.sse gives SSEvent objects, or None for a ping, not {event!r}")
    return bytes(serialize())
