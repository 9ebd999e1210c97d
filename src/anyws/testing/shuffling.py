"""The order in which what is under way at the same time arrives: decided by a seed."""

from __future__ import annotations

import sys
from collections.abc import Generator
from contextlib import contextmanager
from random import Random
from typing import Any, Protocol

import anyio
from anyio.lowlevel import checkpoint


class Box(Protocol):
    """What something is under way to."""

    def deliver(self) -> None:
        """Have the oldest thing that is under way arrive, if there is one."""


class Shuffler:
    """Lets what is under way arrive, one thing in each turn of the scheduler.

    Which connection's turn it is is drawn from those that have something under way; what is sent
    in one direction of one connection keeps its order. `run()` is a task of the conductor's.
    """

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)
        self._posted: list[Box] = []
        self._news = anyio.Event()

    def post(self, box: Box) -> None:
        """Note that one more thing is under way to the box."""
        self._posted.append(box)
        self._news.set()

    async def run(self) -> None:
        """Deliver, until cancelled."""
        while True:
            await self._news.wait()
            while self._posted:
                # Whatever else is sent in this turn is in the draw as well.
                await checkpoint()
                self._posted.pop(self._random.randrange(len(self._posted))).deliver()
            self._news = anyio.Event()


def tell_seed(seed: int) -> str:
    """Say how to have the same run again."""
    return f"ASGIConductor(…, seed={seed}) gives this run again"


@contextmanager
def scheduler_draws_from(random: Random) -> Generator[None]:
    """Have Trio's scheduler draw from these numbers; asyncio's draws nothing.

    Trio runs the tasks that are ready in an order of its own random generator's. It has a switch
    for test tools that need the same order again: pytest-trio throws it for Hypothesis.
    """
    scheduler: Any = sys.modules.get("trio._core._run")
    if scheduler is None:
        yield
        return
    before = scheduler._r, scheduler._ALLOW_DETERMINISTIC_SCHEDULING
    scheduler._r, scheduler._ALLOW_DETERMINISTIC_SCHEDULING = random, True
    try:
        yield
    finally:
        scheduler._r, scheduler._ALLOW_DETERMINISTIC_SCHEDULING = before
