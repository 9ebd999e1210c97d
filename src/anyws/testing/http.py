"""One HTTP exchange as a server sees it."""

from __future__ import annotations

from collections import deque
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

import anyio
from anyio.lowlevel import checkpoint

from anyws._asgi import events as names
from anyws.testing import events, protocol
from anyws.testing.events import IllegalEvent
from anyws.testing.mailbox import Mailbox
from anyws.testing.protocol import ResponsePhase
from anyws.testing.result import Result

if TYPE_CHECKING:
    from anyws._asgi.types import Event, Scope

_CHUNK: Final = 65_536
"""Bytes of a request's body in one event, as servers read them."""
_ROOM: Final = 16
"""Parts of a response that wait for the client before the application has to."""


class HTTPExchange:
    """One request, and the response as far as it has come."""

    def __init__(self, scope: Scope, body: bytes) -> None:
        self._method: str = scope["method"]
        self._request = deque(_request_events(body))
        self._phase = ResponsePhase.UNSTARTED
        self._start: events.ResponseStart | None = None
        self._body = bytearray()
        self._complete = anyio.Event()
        self._violation: IllegalEvent | None = None
        self._failure: Exception | None = None

    async def receive(self) -> Event:
        """Give the application the request's body, then `http.disconnect` after its response.

        A cancelled call leaves its event for the next one.
        """
        await checkpoint()
        if self._request:
            return self._request.popleft()
        await self._complete.wait()
        return {"type": names.HTTP_DISCONNECT}

    async def send(self, event: Event) -> None:
        """Take an event of the application. A cancellation leaves it sent."""
        try:
            said = events.parse(events.HTTP_EVENTS, event)
            phase = protocol.step(protocol.RESPONSE, self._phase, said, event)
            self._take(said)
        except IllegalEvent as illegal:
            if self._violation is None:
                self._violation = illegal
            self._complete.set()
            raise
        self._phase = phase
        if phase is ResponsePhase.COMPLETE:
            self._complete.set()
        await checkpoint()

    def finish(self, failure: Exception | None) -> None:
        """Take note that the application has returned, or raised `failure`."""
        self._failure = failure
        self._complete.set()

    def result(self) -> Result:
        """Give the response; raise what the application raised or did wrong.

        Raises `RuntimeError` where the application returned and its response is not complete.
        """
        failure = self._failure if self._violation is None else self._violation
        if failure is not None:
            raise failure
        if self._start is None or self._phase is not ResponsePhase.COMPLETE:
            raise self._cut_off()
        return Result(self._start.status, self._start.headers, bytes(self._body))

    def _cut_off(self) -> RuntimeError:
        return RuntimeError(f"the application returned {self._phase.value}")

    def _take(self, said: events.ResponseEvent) -> None:
        match said:
            case events.ResponseStart():
                self._start = said
            case events.ResponsePart(body):
                self._body += body
            case events.ResponseEnd(body):
                self._body += body
                self._check_length()

    def _check_length(self) -> None:
        """Hold the body against Content-Length: RFC 9110, section 8.6."""
        assert self._start is not None
        declared = dict(self._start.headers).get(b"content-length")
        if declared is None or (not self._body and self._has_no_body(self._start.status)):
            return
        if declared != str(len(self._body)).encode():
            raise IllegalEvent(
                f"the application declared a Content-Length of {declared.decode('latin-1')} "
                f"and sent {len(self._body)} bytes"
            )

    def _has_no_body(self, status: int) -> bool:
        return self._method == "HEAD" or status == HTTPStatus.NOT_MODIFIED


class StreamedExchange(HTTPExchange):
    """An exchange whose client reads the response while it comes, and may leave before its end."""

    def __init__(self, scope: Scope, body: bytes) -> None:
        super().__init__(scope, body)
        self.settled: anyio.Event = anyio.Event()
        """Set when the response has begun, and when it is certain that it won't."""
        self.parts: Mailbox[bytes] = Mailbox(_ROOM)
        """What the client has not taken yet."""
        self._left = False
        self._sends_raise = protocol.features(scope).sends_raise

    @property
    def head(self) -> Result | None:
        """The status and the headers, when the response has begun."""
        return (
            None if self._start is None else Result(self._start.status, self._start.headers, b"")
        )

    @property
    def violation(self) -> IllegalEvent | None:
        """What the application did wrong."""
        return self._violation

    def check_end(self) -> None:
        """Raise `RuntimeError` if the response has ended before its end."""
        if self._phase is not ResponsePhase.COMPLETE and not self._left:
            raise self._cut_off() from self._failure

    def leave(self) -> None:
        """Have the client leave: the application is told, and what it sends now is lost."""
        self._left = self._phase is not ResponsePhase.COMPLETE
        self._complete.set()
        self.parts.close()

    async def send(self, event: Event) -> None:
        """Take an event of the application, and wait while the client is far behind.

        After the client has left it raises `OSError` from specification version 2.4 on, and does
        nothing before.
        """
        await super().send(event)
        if self._left and self._sends_raise:
            raise OSError("the client has left before the end of the response")
        await self.parts.room()

    def finish(self, failure: Exception | None) -> None:
        super().finish(failure)
        self.settled.set()
        self.parts.close()

    def _take(self, said: events.ResponseEvent) -> None:
        super()._take(said)
        self.settled.set()
        if not isinstance(said, events.ResponseStart) and said.body and not self._left:
            self.parts.put(said.body)
        if isinstance(said, events.ResponseEnd):
            self.parts.close()


def _request_events(body: bytes) -> list[Event]:
    chunks = [body[start : start + _CHUNK] for start in range(0, len(body), _CHUNK)] or [b""]
    return [
        {"type": names.HTTP_REQUEST, "body": chunk, "more_body": number < len(chunks)}
        for number, chunk in enumerate(chunks, 1)
    ]
