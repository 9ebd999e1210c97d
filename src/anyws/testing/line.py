"""What every connection has to do with the server that it goes through."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from anyws._asgi.types import Event
    from anyws.testing.journal import Direction, Journal
    from anyws.testing.profiles import ServerProfile
    from anyws.testing.shuffling import Shuffler
    from anyws.testing.stuck import StuckSends


@dataclass(frozen=True, slots=True)
class Line:
    """One connection of a server, a request being one, too."""

    label: str
    """What tells it from the others of the same conductor."""
    server: ServerProfile
    journal: Journal
    stuck: StuckSends
    shuffler: Shuffler | None
    """Who decides when something arrives; None where it arrives at once."""

    def note(self, direction: Direction, event: Event | str) -> None:
        """Write an event into the journal."""
        self.journal.note(self.label, direction, event)
