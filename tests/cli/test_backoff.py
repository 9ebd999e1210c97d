"""How long a crashed worker is waited for."""

from __future__ import annotations

import pytest

from anyws.cli.supervisor.backoff import FIRST, LONGEST, STEADY, next_delay
from anyws.cli.supervisor.process import describe_end


def test_the_first_restart_is_prompt() -> None:
    assert next_delay(None, lived=0) == FIRST < 1


def test_each_further_one_waits_twice_as_long_up_to_a_limit() -> None:
    delays = [FIRST]
    while delays[-1] < LONGEST:
        delays.append(next_delay(delays[-1], lived=1))
    assert delays[:4] == [FIRST, FIRST * 2, FIRST * 4, FIRST * 8]
    assert next_delay(delays[-1], lived=1) == LONGEST


def test_a_worker_that_has_lived_well_starts_the_count_anew() -> None:
    assert next_delay(LONGEST, lived=STEADY) == FIRST


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (3, "ended with code 3"),
        (-9, "was killed by SIGKILL"),
        (-11, "was killed by SIGSEGV"),
        (-63, "was killed by signal 63"),
    ],
)
def test_an_end_is_told_by_its_code_or_its_signal(code: int, said: str) -> None:
    assert describe_end(code) == said
