"""How everything is measured: samples of all peers in turns, and the median of each."""

from __future__ import annotations

import argparse
import gc
import statistics
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self, TypeAlias, TypeVar

if TYPE_CHECKING:
    from types import TracebackType

Key = TypeVar("Key")

Sample: TypeAlias = Callable[[], Awaitable[float]]
"""Measures once, in whatever unit the table names."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Effort:
    """How much is measured."""

    rounds: int
    """Samples of each peer, of which the median counts."""

    calls: int
    """Calls that make one sample, of what is over too soon to be timed alone."""


async def interleave(samples: Mapping[Key, Sample], rounds: int) -> dict[Key, float]:
    """Take one sample of each in turn, `rounds` times, and give the medians.

    What slows the machine down for a while thus slows all of them down. A first round is thrown
    away: it fills caches and lets Python specialise its byte code.
    """
    taken: dict[Key, list[float]] = {name: [] for name in samples}
    for _ in range(rounds + 1):
        for name, sample in samples.items():
            taken[name].append(await sample())
    return {name: statistics.median(values[1:]) for name, values in taken.items()}


class Stopwatch:
    """Measures the time that the processor spends on a block, in seconds.

    It is the time of this thread alone, system calls included: other programs on the machine
    don't count. What there is when the watch is made is hidden from the garbage collector, which
    runs as ever: the rubbish that a peer makes is part of what it costs.
    """

    __slots__ = ("_began", "seconds")

    seconds: float

    def __init__(self) -> None:
        gc.collect()
        gc.freeze()

    def __enter__(self) -> Self:
        self._began = time.thread_time_ns()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.seconds = (time.thread_time_ns() - self._began) / 1e9
        gc.unfreeze()


def parse_effort(description: str, *, rounds: int, calls: int) -> Effort:
    """Read how much to measure from the command line; the arguments are what it is by default."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--rounds", type=int, default=rounds, help="samples of each peer")
    parser.add_argument("--calls", type=int, default=calls, help="calls that make one sample")
    arguments = parser.parse_args()
    return Effort(rounds=arguments.rounds, calls=arguments.calls)
