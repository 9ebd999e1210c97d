"""Draws the tables of a page as bars: `python -m benchmarks._plot PAGE SVG`.

The page is the one place where figures are written down: what is drawn is read from its tables.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path
from typing import Final, NamedTuple

from benchmarks._report import OURS


class Bar(NamedTuple):
    """One figure of a table, as it is drawn."""

    name: str
    value: float


class Group(NamedTuple):
    """The figures of one row."""

    title: str
    bars: Sequence[Bar]


class Chart(NamedTuple):
    """Rows that are drawn below each other, on one scale."""

    title: str
    rows: Sequence[tuple[str, str]]
    """The beginning of a table's first cell, and the name of a row."""
    end: float
    """Where the scale ends. Longer bars are cut off there."""


CHARTS: Final = (
    Chart(
        "Time for a message, in multiples of anyws: shorter is faster",
        [
            ("asyncio: messages", "echo, ready"),
            ("asyncio: messages", "echo, late"),
            ("asyncio: messages", "JSON echo, ready"),
            ("trio: messages", "echo, ready"),
            ("trio: messages", "echo, late"),
            ("trio: messages", "JSON echo, ready"),
        ],
        6.0,
    ),
    Chart(
        "Messages under a real server, 50 connections, as a share of those without a framework",
        [
            ("Hypercorn, asyncio: messages", "50 connections"),
            ("anyws serve, trio: messages", "50 connections"),
            ("Hypercorn, trio: messages", "50 connections"),
            ("uvicorn: messages", "50 connections"),
        ],
        1.0,
    ),
    Chart(
        "Memory of a connection that waits, beyond that without a framework, in multiples of anyws",
        [
            ("asyncio, in process", "the responder waits in a receive"),
            ("trio, in process", "the responder waits in a receive"),
        ],
        1.5,
    ),
)

_WIDTH: Final = 760
_LABELS: Final = 130
"""The width of the names, and what the longest bar leaves free for its figure at the other end."""
_LINE: Final = 17
_STYLE: Final = """text { font: 12px sans-serif; fill: #777 }
.title { font-weight: bold } .peer { fill: #9aa5b1 } .ours { fill: #2f7ed8 }"""

_MULTIPLE: Final = re.compile(r"\(([\d.]+)x\)")


def read_tables(page: str) -> dict[tuple[str, str], list[Bar]]:
    """Read the rows of all tables of a page, by the beginning of the table and their names.

    Where there are multiples, they count, and ours is 1; anything else counts as it stands.
    """
    rows: dict[tuple[str, str], list[Bar]] = {}
    head: list[str] = []
    for line in page.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")] if line[:1] == "|" else []
        if not cells:
            head = []
        elif not head:
            head = cells
        elif OURS in head and not set(line) <= set("|-: "):
            title = head[0].partition(" (")[0]
            rows[title, cells[0]] = list(_read_row(head[1:], cells[1:]))
    return rows


def _read_row(names: Sequence[str], cells: Sequence[str]) -> Iterator[Bar]:
    relative = any(_MULTIPLE.search(cell) for cell in cells)
    for name, cell in zip(names, cells, strict=True):
        multiple = _MULTIPLE.search(cell)
        if multiple is not None:
            yield Bar(name, float(multiple[1]))
        elif relative and name == OURS:
            yield Bar(name, 1.0)
        elif cell != "-":
            yield Bar(name, float(cell))


def draw(page: str) -> str:
    """Draw the charts of a page as SVG."""
    tables = read_tables(page)
    shapes: list[str] = []
    y = 0
    for chart in CHARTS:
        shapes.append(_text(0, y + _LINE, chart.title, "title"))
        y += 2 * _LINE
        for table, row in chart.rows:
            shapes.append(_text(0, y + 12, f"{table.partition(': messages')[0]}: {row}"))
            y += _LINE
            for bar in tables[table, row]:
                shapes += _draw_bar(bar, y, chart.end)
                y += _LINE
            y += _LINE // 2
        y += _LINE
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {y}">\n'
        f"<style>{_STYLE}</style>\n" + "\n".join(shapes) + "\n</svg>\n"
    )


def _draw_bar(bar: Bar, y: int, end: float) -> Iterator[str]:
    full = _WIDTH - 2 * _LABELS
    length = min(bar.value / end, 1.0) * full
    kind = "ours" if bar.name.startswith(OURS) else "peer"
    yield _text(12, y + 12, bar.name)
    yield f'<rect class="{kind}" x="{_LABELS}" y="{y + 2}" width="{length:.1f}" height="{_LINE - 4}"/>'
    cut = " (cut off)" if bar.value > end * 1.05 else ""
    yield _text(_LABELS + length + 6, y + 12, f"{bar.value:g}{cut}")


def _text(x: float, y: float, words: str, kind: str = "") -> str:
    named = f' class="{kind}"' if kind else ""
    return f'<text{named} x="{x:g}" y="{y:g}">{escape(words)}</text>'


def main() -> None:
    page, picture = map(Path, sys.argv[1:])
    picture.write_text(draw(page.read_text()))


if __name__ == "__main__":
    main()
