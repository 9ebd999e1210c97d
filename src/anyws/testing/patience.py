"""How long the clients of a test wait for the application."""

from __future__ import annotations

from typing import Final, NamedTuple

from anyws.testing.clock import running_clock

LAST_WORDS: Final = 30.0
"""Seconds that the application has to return once it should."""

_HALF_A_MINUTE: Final = 30.0
_A_WEEK: Final = 604_800.0


class Patience(NamedTuple):
    """How long a client waits, in seconds."""

    answer: float = 5.0
    """For the beginning of the application's answer."""
    end: float = LAST_WORDS
    """For its return, after the client has left."""
    more: float | None = None
    """For what it sends in between. None stands for `long_enough()`."""


def long_enough() -> float:
    """Give the seconds after which a client that has heard nothing will never hear anything.

    Half a minute, and a week on the virtual clock, where that is no time and a daily report is
    worth a test. Without a limit a test whose parties wait for each other would tell nothing.
    """
    return _A_WEEK if running_clock() == "virtual" else _HALF_A_MINUTE
