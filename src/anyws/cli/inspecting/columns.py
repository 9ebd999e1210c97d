"""Tables of text."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from anyws.inspection import Source


def in_columns(heading: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Put rows under a heading, each column as wide as its widest text."""
    lines = [heading, *rows]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "".join(
        "  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip()
        + "\n"
        for line in lines
    )


def shown(source: Source | None) -> str:
    """Give a place in a file, from the current folder if it is below that."""
    if source is None:
        return ""
    path = Path(source.file)
    if path.is_relative_to(Path.cwd()):
        path = path.relative_to(Path.cwd())
    return f"{path}:{source.line}"


def counted(number: int, noun: str) -> str:
    """Give a number of things, as `1 route` or `2 routes`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
