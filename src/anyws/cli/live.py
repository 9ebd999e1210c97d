"""A set of things that run, each with the call that ends it."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager

from anyio import Event


class Live:
    """What is running at the moment, so that it can be ended, and its end be waited for.

    Ending is for good: what starts after `end_all()` is ended as it starts.
    """

    def __init__(self) -> None:
        self._ends: dict[object, Callable[[], object]] = {}
        self._ended = False
        self._empty: Event | None = None

    def __len__(self) -> int:
        return len(self._ends)

    @contextmanager
    def hold(self, end: Callable[[], object]) -> Generator[None]:
        """Count the block among what is live. `end` is called in another task and must not block.

        The block holds no task group or cancel scope of its own across the `yield`.
        """
        key = object()
        self._ends[key] = end
        if self._ended:
            end()
        try:
            yield
        finally:
            del self._ends[key]
            if not self._ends and self._empty is not None:
                self._empty.set()
                self._empty = None

    def end_all(self) -> None:
        """Ask everything to end; it is still live until it has."""
        self._ended = True
        for end in tuple(self._ends.values()):
            end()

    async def wait_empty(self) -> None:
        """Wait until nothing is live. Cancelling it changes nothing."""
        while self._ends:
            if self._empty is None:
                self._empty = Event()
            await self._empty.wait()
