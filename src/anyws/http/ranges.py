"""The Range field of a request: RFC 9110, section 14.2."""

from __future__ import annotations

import re
from typing import Final

_RANGE: Final = re.compile(
    r"bytes=[ \t]*(?:(?P<first>[0-9]+)-(?P<last>[0-9]*)|-(?P<suffix>[0-9]+))[ \t]*",
    re.IGNORECASE,
)
# No file is longer; int() of a million digits takes its time.
_MOST_DIGITS: Final = 18
_FARTHEST: Final = 10**_MOST_DIGITS


def parse_range(field: str) -> tuple[int, int] | None:
    """Read one range of bytes as its first and last position.

    An open end is -1; the last n bytes are `(-n, -1)`. Numbers beyond 10**18 are that number, as
    every file ends before. Several ranges, another unit, no bytes at all and anything malformed are
    None: a server may ignore the field, and ignores it whole.
    """
    found = _RANGE.fullmatch(field)
    if found is None:
        return None
    if found["suffix"] is not None:
        suffix = _number(found["suffix"])
        return (-suffix, -1) if suffix else None
    first = _number(found["first"])
    if not found["last"]:
        return first, -1
    last = _number(found["last"])
    return None if last < first else (first, last)


def _number(digits: str) -> int:
    significant = digits.lstrip("0")
    return _FARTHEST if len(significant) > _MOST_DIGITS else int(significant or "0")
