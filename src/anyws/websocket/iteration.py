"""Iterating over the messages of a connection until it ends."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Self, TypeVar

from anyws.errors.websocket import WebSocketDisconnected

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

T = TypeVar("T")


class Messages(AsyncIterator[T]):
    """Iterates over what one of the receive methods gives, until the connection ends.

    It holds nothing: leaving the loop early loses no message, and an error of one message (one of
    the wrong kind, say) leaves the following ones for the next loop.
    """

    __slots__ = ("_receive",)

    def __init__(self, receive: Callable[[], Awaitable[T]]) -> None:
        self._receive = receive

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> T:
        try:
            return await self._receive()
        except WebSocketDisconnected:
            raise StopAsyncIteration from None
