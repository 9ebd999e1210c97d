"""How the benchmarks measure, and what they print."""

from __future__ import annotations

import gc
from functools import partial

import pytest

from benchmarks._harness import Stopwatch, interleave, parse_effort
from benchmarks._report import Row, setting, table


async def test_peers_take_turns_and_the_first_round_does_not_count() -> None:
    taken: list[str] = []
    figures = {"a": iter([99.0, 1.0, 5.0, 3.0]), "b": iter([99.0, 7.0, 7.0, 8.0])}

    async def sample(name: str) -> float:
        taken.append(name)
        return next(figures[name])

    samples = {name: partial(sample, name) for name in figures}
    assert await interleave(samples, 3) == {"a": 3.0, "b": 7.0}
    assert taken == ["a", "b"] * 4


def test_a_table_shows_each_peer_and_its_multiple_of_ours() -> None:
    rows = [Row("JSON", {"anyws": 2.0, "Other": 5.0}), Row("text", {"anyws": 1234.5})]
    assert table("asyncio", "us", rows).splitlines() == [
        "| asyncio (us) | anyws |     Other |",
        "|--------------|------:|----------:|",
        "| JSON         |     2 | 5 (2.50x) |",
        "| text         |  1234 |         - |",
    ]


def test_ratios_have_no_multiples() -> None:
    shown = table("growth", "times", [Row("hits", {"anyws": 1.0, "Other": 3.0})], multiples=False)
    assert shown.splitlines()[-1].split() == ["|", "hits", "|", "1", "|", "3", "|"]


def test_the_setting_says_which_modules_are_machine_code() -> None:
    lines = setting(["anyws", "msgspec"]).splitlines()
    assert lines[0].startswith("Python 3.")
    assert lines[-2].endswith("(pure Python)")
    assert lines[-1].endswith("(compiled: msgspec._core)")


def test_a_stopwatch_hides_what_there_is_from_the_collector_while_it_runs() -> None:
    watch = Stopwatch()
    try:
        assert gc.get_freeze_count() > 0
    finally:
        with watch:
            pass
    assert watch.seconds >= 0
    assert gc.get_freeze_count() == 0


def test_the_effort_is_read_from_the_command_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["http", "--rounds", "3"])
    effort = parse_effort("", rounds=9, calls=100)
    assert (effort.rounds, effort.calls) == (3, 100)
