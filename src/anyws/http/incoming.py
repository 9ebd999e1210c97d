"""What the server has to say about one HTTP exchange, read in one place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import anyio

from anyws._asgi.events import HTTP_DISCONNECT, HTTP_REQUEST
from anyws.errors import ClientDisconnected, OperationNotAllowed
from anyws.http.parts import Parts

if TYPE_CHECKING:
    from anyws._asgi.types import Event, Receive

READ_AHEAD: Final = 64 * 1024
"""Bytes of a body that are kept for its reader while somebody waits for the client to leave."""


class Incoming:
    """The one reader of `receive()`: it gives the body's parts, and tells when the client leaves.

    A task that reads the body and one that waits for the client to leave may run at once; they
    take turns at `receive()`. The one that waits reads `READ_AHEAD` bytes ahead of the other, and
    what belongs to one event more, so a large body is not gathered in memory. A cancelled call
    loses nothing.
    """

    __slots__ = (
        "_ahead",
        "_arrived",
        "_begun",
        "_body_ended",
        "_cause",
        "_gone",
        "_lock",
        "_receive",
        "_room",
        "_wanted",
    )

    def __init__(self, receive: Receive, first_event: Event | None = None) -> None:
        self._receive = receive
        self._lock: anyio.Lock | None = None
        self._ahead = Parts()
        self._room: anyio.Event | None = None
        self._arrived = 0
        self._begun = False
        self._wanted = True
        self._body_ended = False
        self._gone = False
        self._cause: Exception | None = None
        if first_event is not None:
            self._note(first_event)

    @property
    def body_arrived(self) -> bool:
        """Whether the server has given all of the body."""
        return self._body_ended

    @property
    def body_ended(self) -> bool:
        """Whether every part of the body has been given."""
        return self._body_ended and not self._ahead.size

    @property
    def disconnected(self) -> bool:
        """Whether the client is known to have left."""
        return self._gone

    async def next_part(self) -> bytes:
        """Give the next part of the body, `b''` when there is none left.

        Raises `ClientDisconnected` if the client left before all of the body had arrived; what
        arrived before is given first. Raises `OperationNotAllowed` after the body was dropped.
        """
        self._begun = True
        # One that waits for the client to leave may have its turn for long, and parts in hand.
        while self._wanted and not self._has_news():
            async with self._turn:
                if not self._has_news():
                    await self._read()
        if not self._wanted:
            raise OperationNotAllowed(
                "what was left of the request's body has been dropped: read req.stream before the "
                "responder returns, or have resp.stream or resp.sse begin to read it at once"
            )
        if self._ahead.size:
            self._make_room()
            return self._ahead.take_first()
        if self._body_ended:
            return b""
        raise ClientDisconnected("the client left before its request had arrived in full") from (
            self._cause
        )

    def expect_reader(self) -> None:
        """Count only those readers that begin from now on."""
        self._begun = False

    async def wait_disconnected(self, *, patience: float | None = None) -> None:
        """Return when the client has left, also if that was long ago.

        A large body that waits to be read hides that. It is dropped where nobody has begun to
        read within `patience` seconds; a reader that has begun has all the time it wants.
        """
        while not self._gone:
            if self._is_full():
                await self._wait_for_room(None if self._begun else patience)
            async with self._turn:
                if not self._is_full() and not self._gone:
                    await self._read()

    async def drop_body(self, *, patience: float) -> None:
        """Drop what is left of the body: nobody is going to read it.

        Returns when it has ended, the client has left, or nothing has come for `patience` seconds,
        which may become up to twice as many.
        """
        self.discard_body()
        while not (self._body_ended or self._gone):
            arrived = self._arrived
            with anyio.move_on_after(patience) as scope:
                async with self._turn:
                    if not (self._body_ended or self._gone):
                        await self._read()
            if scope.cancelled_caught and self._arrived == arrived:
                return

    def discard_body(self) -> None:
        """Drop what is left of the body as it comes, while anybody waits for anything."""
        self._wanted = False
        self._ahead = Parts()
        self._make_room()

    @property
    def _turn(self) -> anyio.Lock:
        """The right to ask the server. Most bodies arrive with the request, and nobody has to."""
        if self._lock is None:
            self._lock = anyio.Lock(fast_acquire=True)
        return self._lock

    def _has_news(self) -> bool:
        """Tell whether a reader can be told something without anybody asking the server."""
        return bool(self._ahead.size) or self._body_ended or self._gone

    def _is_full(self) -> bool:
        # After the end of the body there is nothing to come that could be too much.
        return self._ahead.size >= READ_AHEAD and not self._body_ended

    async def _wait_for_room(self, patience: float | None) -> None:
        """Wait for a reader, or drop the body when the patience has come to its end."""
        if self._room is None:
            self._room = anyio.Event()
        with anyio.move_on_after(patience):
            await self._room.wait()
        if self._is_full() and not self._begun:
            self.discard_body()

    def _make_room(self) -> None:
        if self._room is not None:
            self._room.set()
            self._room = None

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
        self._arrived += 1
        kind = event.get("type")
        if kind == HTTP_DISCONNECT:
            # Never to be asked again: some servers wait for ever then.
            self._gone = True
        elif kind == HTTP_REQUEST and not self._body_ended:
            self._body_ended = not event.get("more_body", False)
            part: bytes = event.get("body", b"")
            if part and self._wanted:
                self._ahead.append(part)
