"""From the path of a request to the path of a file, without looking at any file."""

from __future__ import annotations

import re
import unicodedata
from typing import Final
from urllib.parse import unquote

# Control characters, backslashes, and what is left of bytes that were no UTF-8.
_FORBIDDEN: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\\\ud800-\udfff\ufffd]")
# Whoever encodes a name more often than this is hiding something. Without a limit a long run of
# encoded percent signs would be decoded once for each of them.
_MOST_ROUNDS: Final = 3


def inner_path(rest: str) -> str | None:
    """Give the path inside the directory that stands for what follows a route's prefix.

    It is relative and has slashes. It is `''` where no file is meant: there is nothing, or a slash
    at the end. None is a path that must not be looked for: one with control characters,
    backslashes, empty segments, `.` or `..`, be they in the open, percent-encoded, or in another
    script's characters.
    """
    if not all(_is_harmless(disguise) for disguise in _disguises(rest)):
        return None
    return "" if rest.endswith("/") else rest


def _disguises(rest: str) -> list[str]:
    """Give what a path stands for, layer by layer, ending with one that is refused if need be."""
    layers: list[str] = []
    layer = rest
    for _ in range(_MOST_ROUNDS):
        layers.append(layer)
        inner = unquote(unicodedata.normalize("NFKC", layer))
        if inner == layer:
            return layers
        layer = inner
    return [*layers, layer, "\0"] if "%" in layer else [*layers, layer]


def _is_harmless(path: str) -> bool:
    if _FORBIDDEN.search(path) is not None:
        return False
    segments = path.split("/")
    if segments[-1] == "":
        segments.pop()
    return not any(segment in ("", ".", "..") for segment in segments)
