"""A response that is read while it comes, for tests that have no event loop."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

from anyio.from_thread import BlockingPortal

from anyws.testing.conductor import ASGIConductor
from anyws.testing.event_stream import ReceivedEvent

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from types import TracebackType
    from typing import Self

    from anyws.headers import Headers
    from anyws.testing.result import Cookie
    from anyws.testing.streams import EventReader, StreamedResult

T = TypeVar("T")


class Running(NamedTuple):
    """An event loop in another thread, and the conductor on it."""

    portal: BlockingPortal
    conductor: ASGIConductor


class BlockingStream:
    """A response that comes: `with client.simulate_get_stream("/") as result`.

    As `StreamedResult`, without `await` and `async`. A part that does not come is waited for
    without end: put what may not come into a test with an event loop.
    """

    _portal: BlockingPortal
    _result: StreamedResult

    def __init__(
        self,
        use: Callable[[], AbstractContextManager[Running]],
        start: Callable[[ASGIConductor], StreamedResult],
    ) -> None:
        self._use = use
        self._start = start
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            self._portal, conductor = stack.enter_context(self._use())
            response = self._portal.call(self._start, conductor)
            self._result = stack.enter_context(self._portal.wrap_async_context_manager(response))
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._stack.__exit__(exc_type, error, traceback)

    @property
    def status_code(self) -> int:
        """The status as an int."""
        return self._result.status_code

    @property
    def status(self) -> str:
        """The status line: `'200 OK'`."""
        return self._result.status

    @property
    def headers(self) -> Headers:
        """The header fields, looked up in any case; repeated ones are joined with commas."""
        return self._result.headers

    @property
    def cookies(self) -> dict[str, Cookie]:
        """The cookies that the response sets, by name."""
        return self._result.cookies

    def __iter__(self) -> Iterator[bytes]:
        """Give the parts of the body as they come. Raises as `StreamedResult` does."""
        return _Blocking(self._portal, self._result)

    def read(self) -> bytes:
        """Give what is left of the body, when all of it has come."""
        return self._portal.call(self._result.read)

    def events(self) -> BlockingEvents:
        """Read the rest of the body as server-sent events."""
        return BlockingEvents(self._portal, self._result.events())

    def leave(self) -> None:
        """Have the client leave: the application is told, and what it sends now is lost."""
        self._portal.call(self._result.leave)


class _Blocking(Generic[T]):
    """An asynchronous iterator, one step at a time."""

    def __init__(self, portal: BlockingPortal, iterator: AsyncIterator[T]) -> None:
        self._portal = portal
        self._iterator = iterator

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> T:
        for item in self._portal.call(self._step):
            return item
        raise StopIteration

    async def _step(self) -> list[T]:
        # What ends an iteration does not pass through a portal.
        try:
            return [await anext(self._iterator)]
        except StopAsyncIteration:
            return []


class BlockingEvents(_Blocking[ReceivedEvent]):
    """The server-sent events of a response: `for event in result.events()`. As `EventReader`."""

    def __init__(self, portal: BlockingPortal, reader: EventReader) -> None:
        super().__init__(portal, reader)
        self._reader = reader

    @property
    def comments(self) -> list[str]:
        """The comments that came so far, pings among them."""
        return self._reader.comments

    @property
    def retry(self) -> int | None:
        """Milliseconds to wait before connecting again, if the application has said so."""
        return self._reader.retry
