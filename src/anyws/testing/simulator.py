"""The client of a simulated WebSocket."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import anyio
from anyio.lowlevel import checkpoint

from anyws.errors.websocket import (
    WebSocketDisconnected,
    WebSocketHandlerNotFound,
    WebSocketPathNotFound,
    WebSocketServerError,
)
from anyws.headers import Headers
from anyws.testing.entering import AsyncEntered
from anyws.testing.journal import Direction
from anyws.testing.link import CAPACITY
from anyws.testing.messages import MessageClient
from anyws.testing.telling import NORMAL_CLOSURE, End

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from anyws.testing.link import WebSocketLink
    from anyws.testing.patience import Patience
    from anyws.testing.running import ClientTask

_DENIALS: Final = {
    3404: WebSocketPathNotFound,
    3405: WebSocketHandlerNotFound,
    1011: WebSocketServerError,
}


class ASGIWebSocketSimulator(AsyncEntered, MessageClient):
    """A client of the application: `async with conductor.simulate_ws("/") as ws`.

    Entering starts the application's task and waits until it has accepted. Leaving closes the
    connection with 1000, unless it has ended, and waits for the application; an exception of the
    application then comes out as it was raised. If the body raises, the client vanishes and the
    application's task is cancelled, without waiting for it. Entering and leaving may be done by
    different tasks, and any task may use the client meanwhile.

    What the application sent before the end can be received after it, by `async for message in
    ws` as well, which ends with the connection. An illegal event of the application comes out in
    any case, also in the place of the body's exception.

    `stall()`, `drop()`, `flood()` and `cancel_app()` are what goes wrong in the world.
    """

    def __init__(
        self,
        link: WebSocketLink,
        task: ClientTask,
        start: Callable[[ClientTask], None],
        wait: Patience,
    ) -> None:
        self._link = link
        self._task = task
        self._start = start
        self._patience = wait
        self._entered = False

    async def __aenter__(self) -> Self:
        """Start the application, and wait for its answer to the handshake.

        Raises `WebSocketDisconnected`, or the subclass that fits, where the handshake is denied;
        what the application raised, if it raised; and `TimeoutError` where it does not answer.
        """
        if self._entered:
            raise RuntimeError("a simulated connection is entered once: open another one")
        self._entered = True
        self._link.connect()
        self._start(self._task)
        usable = False
        try:
            await self._settled()
            usable = True
        finally:
            if not usable:
                self._abandon()
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close the client's side, and wait for the application.

        Raises what the application raised, and `TimeoutError` where it does not end.
        """
        if error is None:
            self._link.leave(End(NORMAL_CLOSURE))
            await self._end_of_app()
            return
        self._abandon()
        if isinstance(error, Exception) and self._link.violation is not None:
            raise self._link.violation

    @property
    def ready(self) -> bool:
        """Whether the connection is accepted and neither side has ended it."""
        return self._link.accepted is not None and self._link.end is None

    @property
    def closed(self) -> bool:
        """Whether either side has ended the connection; messages may still wait."""
        return self._link.end is not None

    @property
    def close_code(self) -> int | None:
        """The code that the connection ended with, None before.

        1006 after `drop()`, 1011 where the application failed or returned without a close. A
        denied handshake has the code that the application gave if it is 1011 or from 3000 to
        3999, 3000 plus the status for a denial with a response, and else 3403; with the profile
        of a real server it has 3403 unless there is a response.
        """
        return None if self._link.end is None else self._link.end.code

    @property
    def close_reason(self) -> str | None:
        """The reason that came with the end, or None."""
        return None if self._link.end is None else self._link.end.reason

    @property
    def subprotocol(self) -> str | None:
        """The subprotocol that the application chose, or None."""
        return None if self._link.accepted is None else self._link.accepted.subprotocol

    @property
    def headers(self) -> Headers:
        """The headers that came with the accept; empty before."""
        return Headers(() if self._link.accepted is None else self._link.accepted.headers)

    async def wait_ready(self) -> None:
        """Wait until the application has accepted; entering the context has done so already.

        Raises what entering the context raises.
        """
        with anyio.move_on_after(self._patience.answer):
            await self._link.settled.wait()
        if not self._link.settled.is_set():
            raise TimeoutError(
                "the application neither accepted nor denied the handshake within "
                f"{self._patience.answer:g} seconds; {self._doing()}"
            )
        if self._link.accepted is None:
            raise self._denied()

    async def close(self, code: int | None = None, reason: str | None = None) -> None:
        """Close the connection; nothing happens if it has ended.

        None stands for 1000. The code is not checked: what an application makes of a code that no
        client may send is worth a test. The application is told of the reason from specification
        version 2.3 on. Raises `OperationNotAllowed` before accept, when a client can only
        `drop()`.
        """
        await checkpoint()
        self._check_answered()
        self._link.leave(End(NORMAL_CLOSURE if code is None else code, reason))

    def drop(self) -> None:
        """Vanish without a close frame, as a phone in a tunnel does.

        The application reads what was sent before, then a disconnect with 1006. Allowed in the
        handshake too, from another task than the one that enters the context.
        """
        self._note("drop()")
        self._link.vanish()

    def stall(self, room: int = 0) -> None:
        """Read no more from the network, until `resume()`, as a phone does that sleeps.

        What has arrived can be received. What the application sends from now on, a close
        included, stays under way; with more than `room` messages under way its sends wait, as
        they do when the buffers between a server and a client are full. On a real server that
        takes some hundred messages of 1 KiB, or thousands; here the first send waits.
        """
        self._note(f"stall({room})")
        self._link.to_client.stall(room)

    def resume(self) -> None:
        """Read from the network again: what was held back arrives in order."""
        self._note("resume()")
        self._link.to_client.resume()

    async def flood(self, count: int, payload: str | bytes = "flood") -> int:
        """Send a message `count` times, as fast as the application takes it.

        Returns when the application has taken every message, or the connection has ended, and
        says how many went out. What comes back meanwhile can be received afterwards: unless it is
        stalled, a client that floods has room for any number of answers. A cancellation leaves
        what has gone out; it is the way to stop where the application does not read.
        """
        await checkpoint()
        self._check_answered()
        inbox = self._link.to_client
        inbox.capacity = math.inf
        try:
            for sent in range(count):
                if self._link.end is not None:
                    return sent
                await self._link.put(payload)
            await self._link.to_app.drained()
        finally:
            inbox.capacity = CAPACITY
        return count

    def cancel_app(self) -> None:
        """Have the server cancel the application where it waits, as servers do at a shutdown.

        The client sees what farewell the application says, else 1011. A cancelled application
        that ends is no failure.
        """
        self._note("cancel_app()")
        self._task.cancel()

    def _note(self, what: str) -> None:
        self._link.line.note(Direction.TO_APP, what)

    async def _settled(self) -> None:
        """Wait for the answer; where it is no accept, raise what went wrong, the cause first."""
        try:
            await self.wait_ready()
        except WebSocketDisconnected:
            await self._end_of_app()
            raise

    async def _end_of_app(self) -> None:
        await self._task.end(self._patience.end, "the connection had ended")

    def _doing(self) -> str:
        return self._task.doing()

    def _abandon(self) -> None:
        self._link.vanish()
        self._task.cancel()

    def _denied(self) -> WebSocketDisconnected:
        assert self._link.end is not None
        denied = self._link.disconnected(_DENIALS.get(self._link.end.code, WebSocketDisconnected))
        denied.response = self._link.denial
        return denied
