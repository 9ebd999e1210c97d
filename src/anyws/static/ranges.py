"""The arithmetic of one range of bytes: RFC 9110, section 14.1.2."""

from __future__ import annotations

from typing import NamedTuple

from anyws.errors import HTTPRangeNotSatisfiable


class Span(NamedTuple):
    """A stretch of a file's bytes, which is not empty."""

    first: int
    length: int

    @property
    def last(self) -> int:
        """The position of its last byte."""
        return self.first + self.length - 1


def resolve_range(requested: tuple[int, int], size: int) -> Span | None:
    """Give the bytes of a file that a range asks for.

    `requested` is the first and last position; an open end is -1, the last n bytes are `(-n, -1)`.
    None is the whole of an empty file, which has no last byte to speak of. Raises
    `HTTPRangeNotSatisfiable` (416) for a range that begins behind the end.
    """
    first, last = requested
    if first < 0:
        if size == 0:
            return None
        first = max(size + first, 0)
    if first >= size:
        raise HTTPRangeNotSatisfiable(size)
    end = size if last == -1 else min(last + 1, size)
    return Span(first, end - first)
