"""The limits of the applications in `limited`, as they and their clients know them."""

from __future__ import annotations

from typing import Final

MAX_SIZE: Final = 100
BURST: Final = (1.0, 3)
PACE: Final = (20.0, 2)
IDLE_TIMEOUT: Final = 0.5
HANDSHAKE_TIMEOUT: Final = 0.5
SEND_TIMEOUT: Final = 0.6
CLOSE_TIMEOUT: Final = 0.5
MAX_CONNECTIONS: Final = 2
FRIEND: Final = "https://friend.example"
LATER: Final = 30.0
"""Seconds after which a limit strikes that another one is to forestall."""
WORK: Final = 0.1
"""Seconds for which a responder goes on with something else when its client has left."""

_EARLY: Final = 0.005
"""Seconds: the clock of uvloop counts in milliseconds."""
_LATE: Final = 1.0
"""Seconds within which a limit of time strikes after its time."""


def is_in_time(took: float, limit: float) -> bool:
    """Tell whether a limit of so many seconds has struck when it should."""
    return limit - _EARLY <= took < limit + _LATE
