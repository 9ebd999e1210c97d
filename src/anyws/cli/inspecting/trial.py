"""An application's startup and shutdown, to see whether they work."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from typing import Generic, TypeVar

import anyio

from anyws._asgi.types import ASGIApp
from anyws.testing import ASGIConductor

T = TypeVar("T")


class Trial(Generic[T]):
    """One run of an application's lifespan, without a server; `look` is called in the middle."""

    def __init__(self, application: ASGIApp, look: Callable[[], T]) -> None:
        self._application = application
        self._look = look
        self.seen: T | None = None
        """What `look` has given, None where it did not come to that."""
        self.failure: str | None = None
        """What went wrong, with the traceback."""

    async def run(self, deadline: float) -> None:
        """Start the application up and shut it down, within so many seconds."""
        stage = "startup"
        try:
            with anyio.fail_after(deadline):
                async with ASGIConductor(self._application):
                    self.seen = self._look()
                    stage = "shutdown"
        except TimeoutError:
            self.failure = (
                f"the {stage} has not ended after {deadline:g} seconds: see what it waits for, or"
                " give it more with --deadline"
            )
        except Exception as error:
            self.failure = f"the {stage} failed:{_told(error)}"


def _told(error: Exception) -> str:
    """Give the application's own message, or else the traceback of what it raised."""
    if type(error) is RuntimeError:
        told = str(error).strip()
    else:
        told = "".join(traceback.format_exception(error)).strip()
    return f"\n{told}" if "\n" in told else f" {told}"
