"""A response that is sent bit by bit, as a drain sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    import anyio

    from anyws.app.draining import Draining
    from anyws.websocket.state import End


class Streaming:
    """A block in which a response is sent bit by bit, and which a drain can end.

    `end` ends a response that may last for ever. One without it has time like other requests. What
    is left in the end is cut off, by cancelling the scope around the block, so that the client can
    see that it is incomplete.
    """

    __slots__ = ("_draining", "_end", "_scope")

    def __init__(
        self,
        draining: Draining,
        scope: anyio.CancelScope,
        *,
        end: Callable[[], None] | None = None,
    ) -> None:
        self._draining = draining
        self._scope = scope
        self._end = end

    def dismiss(self, goodbye: End, *, refuse: bool) -> None:
        """End the response if it would last: its turn has come."""
        if self._end is not None:
            self._end()

    def evict(self, goodbye: End, *, grace: float) -> None:
        """Cut the response off."""
        self._scope.cancel()

    def __enter__(self) -> None:
        self._draining.begin_stream(self, lasts=self._end is not None)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._draining.end_stream(self)
