"""That the picture of the page about performance shows the figures of its tables."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks._plot import CHARTS, Bar, draw, read_tables

PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "performance.md"

TABLES = """
| asyncio (us a message) | anyws |          Other | Slow |
|------------------------|------:|---------------:|-----:|
| echo                   |     2 | 1.5e+03 (2.50x) |    - |

| asyncio: messages (share of raw) | anyws | raw |
|----------------------------------|------:|----:|
| 50 connections                   |  0.95 |   1 |
"""


def test_multiples_count_where_there_are_any_and_figures_elsewhere() -> None:
    assert read_tables(TABLES) == {
        ("asyncio", "echo"): [Bar("anyws", 1.0), Bar("Other", 2.5)],
        ("asyncio: messages", "50 connections"): [Bar("anyws", 0.95), Bar("raw", 1.0)],
    }


def test_the_page_has_what_is_drawn() -> None:
    tables = read_tables(PAGE.read_text())
    missing = [key for chart in CHARTS for key in chart.rows if key not in tables]
    assert missing == []


def test_the_picture_is_that_of_the_page() -> None:
    if PAGE.with_suffix(".svg").read_text() != draw(PAGE.read_text()):
        pytest.fail("run python -m benchmarks._plot docs/explanation/performance.{md,svg}")
