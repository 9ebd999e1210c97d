"""How much is tried at random."""

from __future__ import annotations

import os
from typing import Final

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
