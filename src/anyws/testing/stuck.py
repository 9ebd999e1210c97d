"""Sends of the application that wait for their clients: what to look at when a test hangs."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

from anyws.testing import frames


class StuckSends:
    """The sends that wait just now, of all connections of a conductor."""

    def __init__(self) -> None:
        self._waiting: dict[object, str] = {}

    @contextmanager
    def waiting(self, label: str) -> Generator[None]:
        """Note that the calling task waits in a send to the client with this label."""
        key = object()
        self._waiting[key] = f"to {label}, from {frames.place_of(list(frames.callers()))}"
        try:
            yield
        finally:
            del self._waiting[key]

    def tell(self) -> str:
        """Say which there are, a line for each; nothing if there are none."""
        if not self._waiting:
            return ""
        listed = "\n".join(f"  {send}" for send in self._waiting.values())
        return f"\nthese sends wait for a client that does not read:\n{listed}"
