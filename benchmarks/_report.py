"""What a benchmark prints: the machine, the versions, a table."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.machinery import ExtensionFileLoader
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

OURS = "anyws"
"""The peer that the others are compared with."""


class Row(NamedTuple):
    """One thing that was measured: its name, and what it is for each peer that does it."""

    name: str
    figures: Mapping[str, float]


def table(title: str, unit: str, rows: Sequence[Row], *, multiples: bool = True) -> str:
    """Write rows as a table of Markdown: each peer's figure, and its multiple of ours.

    A multiple above 1 says that the peer needs more than anyws does. There are none where the
    figures are ratios themselves.
    """
    peers = list(dict.fromkeys(peer for row in rows for peer in row.figures))
    cells = [[f"{title} ({unit})", *peers]]
    cells += [
        [row.name, *(_figure(row, peer, multiples=multiples) for peer in peers)] for row in rows
    ]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    head, *body = (_line(line, widths) for line in cells)
    rule = "|".join(["", "-" * (widths[0] + 2), *("-" * (n + 1) + ":" for n in widths[1:]), ""])
    return "\n".join([head, rule, *body])


def setting(packages: Iterable[str]) -> str:
    """Describe the machine, the Python, and the packages that were compared."""
    lines = [
        f"Python {platform.python_version()} ({platform.python_implementation()})",
        f"{platform.system()} {platform.release()} on {platform.machine()}",
        f"{os.cpu_count()} x {_processor()}",
        *(f"{package} {version(package)}{_compiled(package)}" for package in packages),
    ]
    return "\n".join(lines)


def _figure(row: Row, peer: str, *, multiples: bool) -> str:
    if peer not in row.figures:
        return "-"
    figure = row.figures[peer]
    shown = f"{figure:.3g}" if figure < 1000 else f"{figure:.0f}"
    return (
        shown if peer == OURS or not multiples else f"{shown} ({figure / row.figures[OURS]:.2f}x)"
    )


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    first = cells[0].ljust(widths[0])
    others = (cell.rjust(width) for cell, width in zip(cells[1:], widths[1:], strict=True))
    return f"| {' | '.join([first, *others])} |"


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or "unknown processor"


def _compiled(package: str) -> str:
    """Say which of a package's modules that are in use are machine code."""
    modules = list(_extension_modules(package))
    return f" (compiled: {', '.join(modules)})" if modules else " (pure Python)"


def _extension_modules(package: str) -> Iterator[str]:
    for name, module in sorted(sys.modules.items()):
        spec = getattr(module, "__spec__", None)
        loader = None if spec is None else spec.loader
        if name.partition(".")[0] == package and isinstance(loader, ExtensionFileLoader):
            yield name
