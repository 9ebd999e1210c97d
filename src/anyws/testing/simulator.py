"""The client of a simulated WebSocket."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, NamedTuple, cast

import anyio
from anyio.lowlevel import checkpoint

from anyws.errors.usage import OperationNotAllowed
from anyws.errors.websocket import (
    PayloadTypeError,
    WebSocketDisconnected,
    WebSocketHandlerNotFound,
    WebSocketPathNotFound,
    WebSocketServerError,
)
from anyws.headers import Headers
from anyws.media import json, msgpack
from anyws.testing.link import ABNORMAL_CLOSURE, End, WebSocketLink
from anyws.testing.running import AppTask

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

_DENIALS: Final = {
    3404: WebSocketPathNotFound,
    3405: WebSocketHandlerNotFound,
    1011: WebSocketServerError,
}


class Patience(NamedTuple):
    """How long a simulator waits for the application, in seconds."""

    answer: float = 5.0
    """For accept or denial."""
    end: float = 30.0
    """For the application's return, after the client has left."""


class ASGIWebSocketSimulator:
    """A client of the application: `async with conductor.simulate_ws("/") as ws`.

    Entering starts the application's task and waits until it has accepted. Leaving closes the
    connection with 1000, unless it has ended, and waits for the application; an exception of the
    application then comes out as it was raised. If the body raises, the client vanishes and the
    application's task is cancelled, without waiting for it. Entering and leaving may be done by
    different tasks, and any task may use the client meanwhile.

    What the application sent before the end can be received after it. An illegal event of the
    application comes out in any case, also in the place of the body's exception.
    """

    def __init__(
        self, link: WebSocketLink, task: AppTask, start: Callable[[AppTask], None], wait: Patience
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
            self._link.finish(End(1000))
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
        3999, 3000 plus the status for a denial with a response, and else 3403.
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
        self._link.finish(End(1000 if code is None else code, reason))

    def drop(self) -> None:
        """Vanish without a close frame, as a phone in a tunnel does.

        The application reads what was sent before, then a disconnect with 1006. Allowed in the
        handshake too, from another task than the one that enters the context.
        """
        self._link.finish(End(ABNORMAL_CLOSURE))

    async def send_text(self, payload: str) -> None:
        """Send a TEXT message.

        Waits only while more than a thousand messages wait for the application, and has sent by
        then. Raises `OperationNotAllowed` before accept, `WebSocketDisconnected` after the end.
        """
        await self._send(_text(payload))

    async def send_data(self, payload: bytes | bytearray | memoryview) -> None:
        """Send a BINARY message. As `send_text`."""
        await self._send(_data(payload))

    async def send_json(self, media: object) -> None:
        """Send an object as JSON in a TEXT message. As `send_text`."""
        await self._send(json.encode(media).decode())

    async def send_msgpack(self, media: object) -> None:
        """Send an object as MessagePack in a BINARY message. As `send_text`."""
        await self._send(msgpack.encode(media))

    async def receive_text(self) -> str:
        """Give the text of the next message, and wait for it.

        A cancelled call leaves the message for the next one. Raises `PayloadTypeError` where the
        message is BINARY, and it is consumed; `OperationNotAllowed` before accept;
        `WebSocketDisconnected` after the end, when every message has been received.
        """
        payload = await self._receive()
        if not isinstance(payload, str):
            raise PayloadTypeError(f"a TEXT message was asked for; BINARY came: {payload!r}")
        return payload

    async def receive_data(self) -> bytes:
        """Give the bytes of the next message, and wait for it. As `receive_text`."""
        payload = await self._receive()
        if not isinstance(payload, bytes):
            raise PayloadTypeError(f"a BINARY message was asked for; TEXT came: {payload!r}")
        return payload

    async def receive_json(self) -> object:
        """Give the object in the next TEXT message. As `receive_text`.

        Raises `json.JSONDecodeError` where the message is not JSON.
        """
        return json.decode(await self.receive_text())

    async def receive_msgpack(self) -> object:
        """Give the object in the next BINARY message. As `receive_text`.

        Raises `ValueError` where the message is not MessagePack.
        """
        return msgpack.decode(await self.receive_data())

    async def _send(self, payload: str | bytes) -> None:
        await checkpoint()
        self._check_answered()
        if self._link.end is not None:
            raise self._link.disconnected()
        await self._link.put(payload)

    async def _receive(self) -> str | bytes:
        await checkpoint()
        self._check_answered()
        return await self._link.take()

    def _check_answered(self) -> None:
        if not self._link.settled.is_set():
            raise OperationNotAllowed(
                "the application has not accepted the connection yet: enter the context, "
                "or await wait_ready() in another task"
            )

    async def _settled(self) -> None:
        """Wait for the answer; where it is no accept, raise what went wrong, the cause first."""
        try:
            await self.wait_ready()
        except WebSocketDisconnected:
            await self._end_of_app()
            raise

    async def _end_of_app(self) -> None:
        try:
            with anyio.move_on_after(self._patience.end):
                await self._task.finished.wait()
        finally:
            self._task.cancel()
        if self._link.violation is not None:
            raise self._link.violation
        if not self._task.finished.is_set():
            raise TimeoutError(
                f"the application went on for {self._patience.end:g} seconds after the "
                f"connection had ended; {self._doing()}"
            )
        if self._task.failure is not None:
            raise self._task.failure

    def _abandon(self) -> None:
        self._link.finish(End(ABNORMAL_CLOSURE))
        self._task.cancel()

    def _denied(self) -> WebSocketDisconnected:
        assert self._link.end is not None
        denied = self._link.disconnected(_DENIALS.get(self._link.end.code, WebSocketDisconnected))
        denied.response = self._link.denial
        return denied

    def _doing(self) -> str:
        return f"{self._link.last_words()}, and it waits at\n{self._task.where()}"


def _text(payload: object) -> str:
    if not isinstance(payload, str):
        raise TypeError(f"payload must be a str, not {type(payload).__name__}")
    return payload


def _data(payload: object) -> bytes:
    if isinstance(payload, bytes):
        return payload
    if isinstance(payload, (bytearray, memoryview)):
        return bytes(cast("bytearray", payload))
    raise TypeError(f"payload must be bytes, not {type(payload).__name__}")
