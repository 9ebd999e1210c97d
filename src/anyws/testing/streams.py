"""The client of a simulated request whose response is read while it comes."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Self

import anyio

from anyws.testing.entering import AsyncEntered
from anyws.testing.event_stream import EventParser, ReceivedEvent
from anyws.testing.patience import long_enough

if TYPE_CHECKING:
    from types import TracebackType

    from anyws.headers import Headers
    from anyws.testing.patience import Patience
    from anyws.testing.result import Cookie, Result
    from anyws.testing.running import ClientTask
    from anyws.testing.streaming import StreamedExchange


class StreamedResult(AsyncEntered):
    """A response that comes: `async with conductor.simulate_get_stream("/") as result`.

    Entering starts the application's task and waits until the response has begun. Iterating gives
    the parts of the body as they were sent, the empty ones aside. Leaving is the client's
    leaving, if the response has not ended; it waits for the application, and raises what that
    raised, bare. If the body raises, the application's task is cancelled and not waited for.

    An illegal event of the application comes out in any case.
    """

    _head: Result

    def __init__(
        self,
        exchange: StreamedExchange,
        task: ClientTask,
        start: Callable[[ClientTask], None],
        patience: Patience,
    ) -> None:
        self._exchange = exchange
        self._task = task
        self._start = start
        self._patience = patience

    async def __aenter__(self) -> Self:
        """Start the application, and wait until the response has begun.

        Raises what the application raised, `RuntimeError` if it returned without a response, and
        `TimeoutError` where there is none for 5 seconds, or the `timeout` of the call.
        """
        self._start(self._task)
        begun = False
        try:
            with anyio.move_on_after(self._patience.answer):
                await self._exchange.settled.wait()
            self._head = self._begun()
            begun = True
        finally:
            if not begun:
                self._abandon()
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Leave, and wait for the application, for 30 seconds at most: then `TimeoutError`."""
        if error is None:
            self.leave()
            await self._task.end(self._patience.end, "the client had left")
            return
        self._abandon()
        if isinstance(error, Exception) and self._exchange.violation is not None:
            raise self._exchange.violation

    @property
    def status_code(self) -> int:
        """The status as an int."""
        return self._head.status_code

    @property
    def status(self) -> str:
        """The status line: `'200 OK'`."""
        return self._head.status

    @property
    def headers(self) -> Headers:
        """The header fields, looked up in any case; repeated ones are joined with commas."""
        return self._head.headers

    @property
    def cookies(self) -> dict[str, Cookie]:
        """The cookies that the response sets, by name."""
        return self._head.cookies

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        """Give the next part of the body, and wait for it.

        A cancelled call leaves it for the next one. Raises `RuntimeError` where the application
        has cut the response off: it returned or raised before the end. Raises `TimeoutError` after
        half a minute, a week on the virtual clock, or the `timeout` of the call, which says what
        the application is doing.
        """
        seconds = long_enough() if self._patience.more is None else self._patience.more
        with anyio.move_on_after(seconds) as scope, suppress(anyio.EndOfStream):
            return await self._exchange.parts.take()
        if scope.cancelled_caught:
            raise TimeoutError(
                f"no part of the response has come within {seconds:g} seconds; "
                f"{self._task.doing()}"
            )
        self._exchange.check_end()
        raise StopAsyncIteration

    async def read(self) -> bytes:
        """Give what is left of the body, when all of it has come."""
        return b"".join([part async for part in self])

    def events(self) -> EventReader:
        """Read the rest of the body as server-sent events."""
        return EventReader(self)

    def stall(self, room: int = 0) -> None:
        """Have the client read no more from the network, until `resume()`.

        As `ASGIWebSocketSimulator.stall`.
        """
        self._exchange.parts.stall(room)

    def resume(self) -> None:
        """Have the client read again; what was held back comes first."""
        self._exchange.parts.resume()

    def cancel_app(self) -> None:
        """Have the server cancel the application, as one does at its shutdown."""
        self._task.cancel()

    def leave(self) -> None:
        """Have the client leave: the application is told, and what it sends now is lost.

        What came before can still be read. Nothing happens if the response has ended.
        """
        self._exchange.leave()

    def _begun(self) -> Result:
        head = self._exchange.head
        if head is not None:
            return head
        if self._task.finished.is_set():
            return self._exchange.result()
        raise TimeoutError(
            f"the application has begun no response within {self._patience.answer:g} seconds; "
            f"{self._task.doing()}"
        )

    def _abandon(self) -> None:
        self._exchange.leave()
        self._task.cancel()


class EventReader:
    """The server-sent events of a response: `async for event in result.events()`.

    It ends with the response. A cancelled wait loses nothing. There is nothing to close.
    """

    def __init__(self, parts: StreamedResult) -> None:
        self._parts = parts
        self._parser = EventParser()
        self._events: deque[ReceivedEvent] = deque()

    @property
    def comments(self) -> list[str]:
        """The comments that came so far, pings among them."""
        return self._parser.comments

    @property
    def retry(self) -> int | None:
        """Milliseconds to wait before connecting again, if the application has said so."""
        return self._parser.retry

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> ReceivedEvent:
        """Give the next event, and wait for it. Raises as iterating over the result does."""
        while not self._events:
            self._events.extend(self._parser.feed(await anext(self._parts)))
        return self._events.popleft()
