"""How much is tried at random."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import pytest
from hypothesis import HealthCheck, settings

FACTOR: Final = float(os.environ.get("ANYWS_FUZZ_STEPS", "1"))
"""So many times the usual number of steps. Unless it is 1, they are others in each run."""


def fuzzed(examples: int) -> settings:
    """Try so many examples, as many times as is asked for.

    What fails is boiled down and printed, in a form that can be pasted into `@example(…)`.
    """
    return settings(
        max_examples=round(examples * FACTOR),
        derandomize=FACTOR == 1,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )


@dataclass
class Tally:
    """The steps that a test has taken at random."""

    name: str
    steps: int = 0
    plays: int = 0
    has_failed: bool = False

    @contextmanager
    def counting(self) -> Iterator[None]:
        """Count a play, and note if it fails."""
        self.plays += 1
        failed, self.has_failed = self.has_failed, True
        yield
        self.has_failed = failed

    def __str__(self) -> str:
        return f"{self.name}: {self.steps:,} steps in {self.plays:,} plays"


TALLIES: Final = pytest.StashKey[list[Tally]]()
"""What is shown at the end of a run."""
