"""What went over the wire of each client, for the report of a test that fails."""

from __future__ import annotations

from collections import Counter, deque
from contextlib import contextmanager
from enum import Enum
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

import anyio

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable

    from anyws._asgi.types import Event

LENGTH: Final = 1000
"""Entries that a journal keeps; the oldest go first."""
SHOWN: Final = 20
"""Entries of each client that `Journal.render` shows."""
_PAYLOAD: Final = 60
"""Characters of a value that a summary shows."""


class Direction(Enum):
    """Which way an event went; the value is the arrow that stands for it."""

    TO_APP = "-->"
    TO_CLIENT = "<--"


class Entry(NamedTuple):
    """One event on the wire."""

    time: float
    """Seconds since the journal was begun, on the event loop's clock, to the microsecond."""
    client: str
    direction: Direction
    summary: str


Collection: TypeAlias = "deque[tuple[Journal, Entry]]"
"""What several journals have noted down, in order."""

_collections: Final[list[Collection]] = []


class Journal:
    """The last events between an application and all of its clients, in order.

    It has no end and nothing to close. It keeps summaries of events, not the events, so that what
    is in it costs little and does not change any more.
    """

    def __init__(self, seed: int | None = None) -> None:
        self.seed: int | None = seed
        """What gives the same order of events again, None where nothing is shuffled."""
        self._entries: deque[Entry] = deque(maxlen=LENGTH)
        self._begun: float | None = None

    @property
    def entries(self) -> tuple[Entry, ...]:
        """What is kept, the oldest first."""
        return tuple(self._entries)

    def begin(self) -> None:
        """Count the time from now on. Needs a running event loop; a second call does nothing."""
        if self._begun is None:
            self._begun = anyio.current_time()

    def note(self, client: str, direction: Direction, event: Event | str) -> None:
        """Add an event, or what happened in the place of one: `"drop()"`.

        `client` is the label that tells the connections of one conductor apart. Begins the
        journal where nobody has. Needs a running event loop; never waits.
        """
        self.begin()
        assert self._begun is not None
        summary = event if isinstance(event, str) else summarize(event)
        elapsed = round(anyio.current_time() - self._begun, 6)
        entry = Entry(elapsed, client, direction, summary)
        self._entries.append(entry)
        for collection in _collections:
            collection.append((self, entry))

    def render(self, last: int = SHOWN) -> str:
        """Show the `last` entries of each client, a line for each, in order; "" if there are none."""
        return render(self._entries, last)


@contextmanager
def collected() -> Generator[Collection]:
    """Give what all journals note down inside the block, also in other threads."""
    collection: Collection = deque(maxlen=LENGTH)
    _collections.append(collection)
    try:
        yield collection
    finally:
        # Two collections that hold the same are equal, so `remove` could take the wrong one.
        _collections[:] = [kept for kept in _collections if kept is not collection]


def render(entries: Iterable[Entry], last: int = SHOWN) -> str:
    """Show the `last` entries of each client, a line for each, in order; "" if there are none."""
    return "\n".join(_lines(_latest(list(entries), last)))


def summarize(event: Event) -> str:
    """Say on one line what is in an event, long values cut short, and nothing of what is not."""
    told = [
        f"{key}={_short(value)}"
        for key, value in event.items()
        if key != "type" and value is not None
    ]
    return " ".join([str(event.get("type")), *told])


def _short(value: object) -> str:
    if isinstance(value, (str, bytes)) and len(value) > _PAYLOAD:
        return f"{value[:_PAYLOAD]!r}… ({len(value)})"
    shown = repr(value)
    return shown if len(shown) <= 2 * _PAYLOAD else f"{shown[: 2 * _PAYLOAD]}…"


def _latest(entries: list[Entry], last: int) -> list[Entry]:
    """The last entries of each client, in the order in which all of them came."""
    seen: Counter[str] = Counter()
    kept: list[Entry] = []
    for entry in reversed(entries):
        seen[entry.client] += 1
        if seen[entry.client] <= last:
            kept.append(entry)
    kept.reverse()
    return kept


def _lines(entries: list[Entry]) -> list[str]:
    width = max((len(entry.client) for entry in entries), default=0)
    return [
        f"{entry.time:12.6f}  {entry.client:<{width}}  {entry.direction.value}  {entry.summary}"
        for entry in entries
    ]
