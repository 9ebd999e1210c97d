"""One HTTP exchange whose response is read while it comes, as a server sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import anyio

from anyws.testing import events, protocol
from anyws.testing.http import HTTPExchange
from anyws.testing.mailbox import Mailbox
from anyws.testing.protocol import ResponsePhase
from anyws.testing.result import Result

if TYPE_CHECKING:
    from anyws._asgi.types import Event, Scope
    from anyws.testing.line import Line

_ROOM: Final = 16
"""Parts of a response that wait for the client before the application has to."""


class StreamedExchange(HTTPExchange):
    """An exchange whose client reads the response while it comes, and may leave before its end."""

    def __init__(self, scope: Scope, body: bytes, line: Line) -> None:
        super().__init__(scope, body, line)
        self.settled: anyio.Event = anyio.Event()
        """Set when the response has begun, and when it is certain that it won't."""
        self.parts: Mailbox[bytes] = Mailbox(_ROOM, line.shuffler)
        """What the client has not taken yet."""
        self._left = False
        self._sends_raise = protocol.features(scope).sends_raise

    @property
    def head(self) -> Result | None:
        """The status and the headers, when the response has begun."""
        return (
            None if self._start is None else Result(self._start.status, self._start.headers, b"")
        )

    def check_end(self) -> None:
        """Raise `RuntimeError` if the response has ended before its end."""
        if self._phase is not ResponsePhase.COMPLETE and not self._left:
            raise self._cut_off() from self._failure

    def leave(self) -> None:
        """Have the client leave: the application is told, and what it sends now is lost."""
        self._left = self._phase is not ResponsePhase.COMPLETE
        self._complete.set()
        self.parts.cut()

    async def send(self, event: Event) -> None:
        """Take an event of the application, and wait while the client is far behind.

        After the client has left it raises `OSError` from specification version 2.4 on, and does
        nothing before.
        """
        await super().send(event)
        if self._left and self._sends_raise:
            raise OSError("the client has left before the end of the response")
        if self.parts.is_full:
            with self._line.stuck.waiting(self._line.label):
                await self.parts.room()

    def finish(self, failure: Exception | None, *, cancelled: bool) -> None:
        super().finish(failure, cancelled=cancelled)
        self.settled.set()
        self.parts.close()

    def _take(self, said: events.ResponseEvent) -> None:
        super()._take(said)
        self.settled.set()
        if not isinstance(said, events.ResponseStart) and said.body and not self._left:
            self.parts.put(said.body)
        if isinstance(said, events.ResponseEnd):
            self.parts.close()
