"""Blocks that end when the client leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import anyio

from anyws._concurrency import leaves

if TYPE_CHECKING:
    from types import TracebackType

    from anyws.websocket.connection import Connection


class DisconnectScope:
    """A block that is cancelled when the client leaves: what `move_on_disconnect()` gives.

    Use it once, in a `with` statement. It needs nobody to receive meanwhile; what the client sent
    before it left can be received after the block.
    """

    __slots__ = ("_caught", "_connection", "_raises", "_scope")

    def __init__(self, connection: Connection, *, raises: bool) -> None:
        self._connection = connection
        self._raises = raises
        self._scope = anyio.CancelScope()
        self._caught = False

    @property
    def cancelled_caught(self) -> bool:
        """Whether the client's departure ended the block. It is known after the block."""
        return self._caught

    def cancel(self) -> None:
        """End the block without a departure, as `anyio.CancelScope.cancel()` would."""
        self._scope.cancel()

    def __enter__(self) -> Self:
        self._scope.__enter__()
        self._connection.watch(self._scope)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool:
        connection = self._connection
        connection.unwatch(self._scope)
        rest = error
        try:
            # Trio's scopes give True as well where there was no error.
            cancelled = self._scope.__exit__(kind, error, traceback) and error is not None
        except BaseExceptionGroup as remaining:
            # What was in a group besides the cancellation.
            cancelled, rest = False, remaining
        if cancelled:
            self._caught = connection.end is not None
        elif rest is not None and all(connection.is_own(leaf) for leaf in leaves(rest)):
            self._caught = True
        elif rest is not None and rest is not error:
            raise rest
        else:
            return False
        if self._raises and self._caught:
            raise connection.gone()
        return True
