"""Those who wait for the end of a connection."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import anyio

if TYPE_CHECKING:
    from anyws.websocket.state import End


class Ending(Protocol):
    """What has an end."""

    @property
    def end(self) -> End | None:
        """How it ended, if it has."""


class Audience:
    """The blocks that the end of a connection cancels, and the tasks that wait for it."""

    __slots__ = ("_event", "_scopes")

    def __init__(self) -> None:
        # Most connections have none: an empty set would be most of what this holds.
        self._scopes: set[anyio.CancelScope] | None = None
        self._event: anyio.Event | None = None

    def add(self, scope: anyio.CancelScope) -> None:
        """Have the end cancel this scope."""
        if self._scopes is None:
            self._scopes = set()
        self._scopes.add(scope)

    def remove(self, scope: anyio.CancelScope) -> None:
        """Take back an `add()`."""
        if self._scopes is not None:
            self._scopes.discard(scope)

    async def wait(self, connection: Ending) -> End:
        """Wait until the connection has ended, and give how."""
        while connection.end is None:
            if self._event is None:
                self._event = anyio.Event()
            await self._event.wait()
        return connection.end

    def announce(self) -> None:
        """Tell all of them that the connection has ended."""
        for scope in self._scopes or ():
            scope.cancel()
        if self._event is not None:
            self._event.set()
            self._event = None
