"""What a client of a simulated WebSocket says and hears."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, cast

import anyio
from anyio.lowlevel import checkpoint

from anyws.errors.usage import OperationNotAllowed
from anyws.errors.websocket import PayloadTypeError, WebSocketDisconnected
from anyws.media import json, msgpack
from anyws.testing.patience import long_enough

if TYPE_CHECKING:
    from typing import Self

    from anyws.testing.link import WebSocketLink


class MessageClient(ABC):
    """Sends and receives messages over a link. Any task may, whenever it likes."""

    _link: WebSocketLink

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> str | bytes:
        """Give the next message, a str or bytes. The iteration ends with the connection."""
        try:
            return await self._receive()
        except WebSocketDisconnected:
            pass
        raise StopAsyncIteration

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

    async def receive_text(self, *, timeout: float | None = None) -> str:
        """Give the text of the next message, and wait for it.

        A cancelled call leaves the message for the next one. Raises `PayloadTypeError` where the
        message is BINARY, and it is consumed; `OperationNotAllowed` before accept; `TimeoutError`
        after `timeout` seconds, by default half a minute and on the virtual clock a week, which
        says what the application is doing; `math.inf` waits for ever;
        `WebSocketDisconnected` after the end, when every message has been received.
        """
        payload = await self._receive(timeout)
        if not isinstance(payload, str):
            raise PayloadTypeError(f"a TEXT message was asked for; BINARY came: {payload!r}")
        return payload

    async def receive_data(self, *, timeout: float | None = None) -> bytes:
        """Give the bytes of the next message, and wait for it. As `receive_text`."""
        payload = await self._receive(timeout)
        if not isinstance(payload, bytes):
            raise PayloadTypeError(f"a BINARY message was asked for; TEXT came: {payload!r}")
        return payload

    async def receive_json(self, *, timeout: float | None = None) -> object:
        """Give the object in the next TEXT message. As `receive_text`.

        Raises `json.JSONDecodeError` where the message is not JSON.
        """
        return json.decode(await self.receive_text(timeout=timeout))

    async def receive_msgpack(self, *, timeout: float | None = None) -> object:
        """Give the object in the next BINARY message. As `receive_text`.

        Raises `ValueError` where the message is not MessagePack.
        """
        return msgpack.decode(await self.receive_data(timeout=timeout))

    def drain(self) -> list[str | bytes]:
        """Give every message that has arrived and was not received; never waits."""
        return self._link.to_client.take_all()

    async def _send(self, payload: str | bytes) -> None:
        await checkpoint()
        self._check_answered()
        if self._link.end is not None:
            raise self._link.disconnected()
        await self._link.put(payload)

    async def _receive(self, timeout: float | None = None) -> str | bytes:
        await checkpoint()
        self._check_answered()
        seconds = long_enough() if timeout is None else timeout
        with anyio.move_on_after(seconds):
            return await self._link.take()
        raise TimeoutError(f"no message has come within {seconds:g} seconds; {self._doing()}")

    @abstractmethod
    def _doing(self) -> str:
        """Say what the application is doing."""

    def _check_answered(self) -> None:
        if not self._link.settled.is_set():
            raise OperationNotAllowed(
                "the application has not accepted the connection yet: enter it with `async with`, "
                "or await wait_ready() in another task"
            )


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
