"""When a drain does what: its terms, and the turn of each that is to be seen out."""

from __future__ import annotations

import heapq
import math
from itertools import count
from typing import TYPE_CHECKING, Final, Generic, NamedTuple, TypeGuard, TypeVar

from anyws._imports import random
from anyws.websocket.closing import check_code, check_reason
from anyws.websocket.state import End

if TYPE_CHECKING:
    from collections.abc import Iterable

GuestT = TypeVar("GuestT")

# What is left at the end of a drain is cancelled, and has this share of its time for that.
_LAST_SHARE: Final = 1 / 5


class Terms(NamedTuple):
    """What a drain was asked for, checked."""

    deadline: float
    goodbye: End
    spread: float
    refuse: bool


def check_terms(
    *, deadline: object, code: object, reason: object, spread: object, refuse: object
) -> Terms:
    """Give the terms of a drain; raise `ValueError` or `TypeError` for what can never work."""
    if not _is_number(deadline) or not 0 < deadline < math.inf:
        raise ValueError(
            f"deadline is {deadline!r}, and no finite number of seconds above 0: pass the time "
            "that the server leaves you, less a second or two"
        )
    if not _is_number(spread) or not 0 <= spread < math.inf:
        raise ValueError(
            f"spread is {spread!r}, and no finite number of seconds of at least 0: pass 0 to "
            "close all connections at once"
        )
    if spread >= deadline:
        raise ValueError(
            f"spread is {spread!r} seconds, and the deadline {deadline!r}: make spread shorter, "
            "so that the connections that close last have time for it"
        )
    if not isinstance(refuse, bool):
        raise TypeError(f"refuse is {refuse!r}: pass True or False")
    return Terms(float(deadline), End(check_code(code), check_reason(reason)), spread, refuse)


class Plan(Generic[GuestT]):
    """Whose turn comes when. Times are those of the event loop's clock, in seconds."""

    __slots__ = ("_numbers", "_struck", "_turns", "_until", "cutoff", "ends")

    def __init__(
        self, guests: Iterable[GuestT], *, now: float, terms: Terms, close_timeout: float
    ) -> None:
        self.ends: float = now + terms.deadline
        self.cutoff: float = self.ends - _last_seconds(terms.deadline, close_timeout)
        self._until = min(now + terms.spread, self.cutoff)
        self._struck = 0
        self._numbers = count()
        shuffled = list(guests)
        random.shuffle(shuffled)
        width = (self._until - now) / max(len(shuffled), 1)
        # In order, which is a heap already. The number keeps guests from being compared.
        self._turns = [
            (now + (place + random.random()) * width, next(self._numbers), guest)
            for place, guest in enumerate(shuffled)
        ]

    def add(self, guest: GuestT, *, now: float) -> None:
        """Give a turn to one who has come late, some time in what is left of the spread."""
        turn = now + random.random() * max(self._until - now, 0.0)
        heapq.heappush(self._turns, (turn, next(self._numbers), guest))

    def hasten(self, *, now: float, terms: Terms, close_timeout: float) -> None:
        """Keep to the earlier one of two deadlines."""
        if now + terms.deadline < self.ends:
            self.ends = now + terms.deadline
            self.cutoff = self.ends - _last_seconds(terms.deadline, close_timeout)

    def take_due(self, now: float) -> list[GuestT]:
        """Give those whose turn has come; each is given once."""
        due: list[GuestT] = []
        while self._turns and self._turns[0][0] <= now:
            due.append(heapq.heappop(self._turns)[2])
        return due

    def take_strike(self, now: float) -> bool:
        """Say whether to cancel what is left: once at the cutoff, and once at the end."""
        struck, self._struck = self._struck, (now >= self.cutoff) + (now >= self.ends)
        return self._struck > struck

    def next_time(self, now: float) -> float:
        """Tell when there is something to do next, with nothing new."""
        coming = self.cutoff if now < self.cutoff else self.ends
        return min(coming, self._turns[0][0]) if self._turns else coming


def _last_seconds(deadline: float, close_timeout: float) -> float:
    return min(close_timeout, deadline * _LAST_SHARE)


def _is_number(value: object) -> TypeGuard[int | float]:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
