"""The response to a request, as a program shapes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from anyws import status as statuses
from anyws._misnomers import SetMisnomer
from anyws.http.context import Context
from anyws.http.lazy import lazy
from anyws.http.response_headers import ResponseHeaders
from anyws.http.scheduled import ScheduledCallback, asynchronous, in_thread

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, Awaitable, Callable

    from anyws.http.options import ResponseOptions
    from anyws.http.streams import StreamSource
    from anyws.status import ResponseStatus


class ServerSentEvent(Protocol):
    """What a stream of events is made of."""

    def serialize(self) -> bytes:
        """Give the event as it goes over the wire, its blank line included."""
        ...


class Response(ResponseHeaders):
    """What will be sent, once the responder and the middleware are through with it.

    The body is the first of `sse`, `text`, `data`, `media` and `stream` that is not None;
    falsy ones, such as `''` and `[]`, are bodies too. The framework closes `stream` and `sse`
    in every case, sent or not, if they have an `aclose()` or a `close()`.
    """

    text: str | None = None
    """The body as text; sent in UTF-8."""

    data: bytes | None = None
    """The body as bytes."""

    media: object = None
    """The body as an object, written by the handler of its media type."""

    stream: StreamSource | None = None
    """The body as an asynchronous iterable of bytes, or as an object with `async read(size)`."""

    sse: AsyncIterable[ServerSentEvent | None] | None = None
    """The body as a stream of server-sent events; a None among them is a ping."""

    complete: bool = False
    """Set to True in middleware, it skips everything up to `process_response`."""

    _status: ResponseStatus = statuses.HTTP_200
    _status_code: int = 200

    if not TYPE_CHECKING:
        body = SetMisnomer("set resp.text, resp.data or resp.media")
        content = SetMisnomer("set resp.text, resp.data or resp.media")
        json = SetMisnomer("set resp.media")
        media_type = SetMisnomer("set resp.content_type")

    def __init__(self, *, options: ResponseOptions) -> None:
        self.options = options
        self._fields = {}
        self._cookies = {}
        self._raw_cookies = []
        self.scheduled: list[ScheduledCallback] = []

    @property
    def status(self) -> ResponseStatus:
        """The status as it was set: an int, an `http.HTTPStatus`, or a line like '201 Created'.

        Setting anything else raises `ValueError`.
        """
        return self._status

    @status.setter
    def status(self, status: ResponseStatus) -> None:
        self._status_code = statuses.status_code(status)
        self._status = status

    @property
    def status_code(self) -> int:
        """The status as an int."""
        return self._status_code

    @status_code.setter
    def status_code(self, status: int) -> None:
        self.status = status

    @lazy
    def context(self) -> Context:
        """A place for whatever middleware, hooks and responders share about this response."""
        return Context()

    def set_stream(self, stream: StreamSource, content_length: int) -> None:
        """Set `stream`, and the number of bytes that it is going to give."""
        self.content_length = content_length
        self.stream = stream

    def schedule(self, callback: Callable[[], Awaitable[object]]) -> None:
        """Have a coroutine function called, without arguments, after the response was sent.

        It runs in the application's task group: it outlives the request, and is cancelled when
        the application shuts down, after a delay. What it raises is logged.
        """
        self.scheduled.append(asynchronous(callback))

    def schedule_sync(self, callback: Callable[[], object]) -> None:
        """Have a plain function called in a worker thread after the response was sent.

        As `schedule()`; a function that has begun is waited for, since a thread cannot be
        cancelled.
        """
        self.scheduled.append(in_thread(callback))
