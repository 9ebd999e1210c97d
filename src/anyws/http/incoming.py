"""What the server has to say about one HTTP exchange, read in one place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio

from anyws._asgi.events import HTTP_DISCONNECT, HTTP_REQUEST
from anyws.errors import ClientDisconnected, OperationNotAllowed

if TYPE_CHECKING:
    from anyws._asgi.types import Event, Receive


class Incoming:
    """The one reader of `receive()`: it gives the body's parts, and tells when the client leaves.

    A task that reads the body and one that waits for the client to leave may run at once; they
    take turns at `receive()`. The one that waits reads at most one part of the body ahead of the
    other, so a large body is not gathered in memory. A cancelled call loses nothing.
    """

    __slots__ = (
        "_ahead",
        "_body_ended",
        "_cause",
        "_gone",
        "_receive",
        "_taken",
        "_turn",
        "_wanted",
    )

    def __init__(self, receive: Receive, first_event: Event | None = None) -> None:
        self._receive = receive
        self._turn = anyio.Lock(fast_acquire=True)
        self._ahead: bytes | None = None
        self._taken = anyio.Event()
        self._wanted = True
        self._body_ended = False
        self._gone = False
        self._cause: Exception | None = None
        if first_event is not None:
            self._note(first_event)

    @property
    def body_ended(self) -> bool:
        """Whether every part of the body has been given."""
        return self._body_ended and self._ahead is None

    @property
    def disconnected(self) -> bool:
        """Whether the client is known to have left."""
        return self._gone

    async def next_part(self) -> bytes:
        """Give the next part of the body, `b''` when there is none left.

        Raises `ClientDisconnected` if the client left before all of the body had arrived; what
        arrived before is given first. Raises `OperationNotAllowed` after `discard_body()`.
        """
        if not self._wanted:
            raise OperationNotAllowed(
                "what was left of the request's body has been dropped: "
                "read req.stream before the responder returns"
            )
        async with self._turn:
            while self._ahead is None and not self._body_ended and not self._gone:
                await self._read()
            part, self._ahead = self._ahead, None
            self._taken.set()
        if part is not None:
            return part
        if self._body_ended:
            return b""
        raise ClientDisconnected("the client left before its request had arrived in full") from (
            self._cause
        )

    async def wait_disconnected(self) -> None:
        """Return when the client has left, also if that was long ago.

        While a part of the body is waiting to be read this waits for the reader, unless
        `discard_body()` has said that there is none.
        """
        while not self._gone:
            if self._ahead is not None:
                await self._taken.wait()
            async with self._turn:
                if self._ahead is None and not self._gone:
                    await self._read()

    def discard_body(self) -> None:
        """Drop what is left of the body as it comes: nobody is going to read it."""
        self._wanted = False
        self._ahead = None
        self._taken.set()

    async def _read(self) -> None:
        try:
            event = await self._receive()
        except Exception as error:
            # A server that cannot be asked any more has nothing more to tell.
            self._gone = True
            self._cause = error
        else:
            self._note(event)

    def _note(self, event: Event) -> None:
        kind = event["type"]
        if kind == HTTP_DISCONNECT:
            # Never to be asked again: some servers wait for ever then.
            self._gone = True
        elif kind == HTTP_REQUEST and not self._body_ended:
            self._body_ended = not event.get("more_body", False)
            part: bytes = event.get("body", b"")
            if part and self._wanted:
                self._ahead = part
                self._taken = anyio.Event()
