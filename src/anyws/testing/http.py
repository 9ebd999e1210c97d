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
from anyws.testing.journal import Direction
from anyws.testing.protocol import ResponsePhase
from anyws.testing.result import Result

if TYPE_CHECKING:
    from anyws._asgi.types import Event, Scope
    from anyws.testing.line import Line

_CHUNK: Final = 65_536
"""Bytes of a request's body in one event, as servers read them."""


class HTTPExchange:
    """One request, and the response as far as it has come."""

    def __init__(self, scope: Scope, body: bytes, line: Line) -> None:
        self._method: str = scope["method"]
        self._line = line
        self._last_read = self._last_sent = "nothing"
        self._request = deque(_request_events(body))
        self._phase = ResponsePhase.UNSTARTED
        self._start: events.ResponseStart | None = None
        self._body = bytearray()
        self._complete = anyio.Event()
        self._violation: IllegalEvent | None = None
        self._failure: Exception | None = None
        self._cancelled = False

    @property
    def violation(self) -> IllegalEvent | None:
        """What the application did wrong."""
        return self._violation

    async def receive(self) -> Event:
        """Give the application the request's body, then `http.disconnect` after its response.

        A cancelled call leaves its event for the next one.
        """
        await checkpoint()
        event: Event = {"type": names.HTTP_DISCONNECT}
        if self._request:
            event = self._request.popleft()
        else:
            await self._complete.wait()
        self._last_read = event["type"]
        self._line.note(Direction.TO_APP, event)
        return event

    async def send(self, event: Event) -> None:
        """Take an event of the application. A cancellation leaves it sent."""
        self._last_sent = str(event.get("type"))
        self._line.note(Direction.TO_CLIENT, event)
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

    def finish(self, failure: Exception | None, *, cancelled: bool) -> None:
        """Take note that the application has returned, raised `failure` or been cancelled."""
        self._failure = failure
        self._cancelled = cancelled
        self._complete.set()

    def stop(self) -> bool:
        """Say whether a server that is stopped leaves the response to the application."""
        return not self._line.server.cancels_at_shutdown

    def last_words(self) -> str:
        """Say what the application has read and sent last."""
        return f"it last received {self._last_read} and last sent {self._last_sent}"

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
        what = "was cancelled" if self._cancelled else "returned"
        return RuntimeError(f"the application {what} {self._phase.value}")

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


def _request_events(body: bytes) -> list[Event]:
    chunks = [body[start : start + _CHUNK] for start in range(0, len(body), _CHUNK)] or [b""]
    return [
        {"type": names.HTTP_REQUEST, "body": chunk, "more_body": number < len(chunks)}
        for number, chunk in enumerate(chunks, 1)
    ]
