"""Critical sections: blocks of a responder that a drain waits for."""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING

from anyio.lowlevel import checkpoint

if TYPE_CHECKING:
    from types import TracebackType

    from anyws.websocket.dismissal import Dismissal


class FinishFirst:
    """A block that a drain waits for: what `ws.finish_first()` gives.

    Use it once, in an `async with` statement. Blocks nest, and several tasks may be in one.
    """

    __slots__ = ("_dismissal", "_entered", "_outer")

    def __init__(self, dismissal: Dismissal) -> None:
        # None when it has ended: a task that was started in it may remember it for long.
        self._dismissal: Dismissal | None = dismissal
        self._entered = False
        self._outer: FinishFirst | None = None

    async def __aenter__(self) -> None:
        dismissal = self._dismissal
        if dismissal is None or self._entered:
            raise RuntimeError("a critical section is entered once: call ws.finish_first() again")
        # A responder that goes from one section to the next without a wait gives a drain its turn.
        await checkpoint()
        around = _innermost.get()
        outer = None if around is None else around._still_open()
        if outer is None or not outer._is_within(dismissal):
            await dismissal.wait_admitted()
        dismissal.begin_section()
        self._entered, self._outer = True, outer
        _innermost.set(self)

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        dismissal, self._dismissal = self._dismissal, None
        assert dismissal is not None  # it was entered
        _innermost.set(self._outer)
        dismissal.end_section()

    def _still_open(self) -> FinishFirst | None:
        """Give the innermost section that has not ended: tasks may outlive what they began in."""
        section: FinishFirst | None = self
        while section is not None and section._dismissal is None:
            section = section._outer
        return section

    def _is_within(self, dismissal: Dismissal) -> bool:
        """Tell whether this section, or one around it, is open on this connection."""
        section: FinishFirst | None = self
        while section is not None:
            if section._dismissal is dismissal:
                return True
            section = section._outer
        return False


# A task inherits it: what a section has started, and may be waiting for, is within the section.
_innermost: ContextVar[FinishFirst | None] = ContextVar("anyws_innermost_section", default=None)
