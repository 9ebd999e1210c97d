"""The Range field of a request: RFC 9110, section 14.2."""

from __future__ import annotations

import re
from typing import Final

# A file of more than 10**18 bytes there is not; int() of a million digits takes its time.
_RANGE: Final = re.compile(
    r"bytes=[ \t]*(?:(?P<first>[0-9]{1,18})-(?P<last>[0-9]{0,18})|-(?P<suffix>[0-9]{1,18}))[ \t]*",
    re.IGNORECASE,
)


def parse_range(field: str) -> tuple[int, int] | None:
    """Read one range of bytes as its first and last position.

    An open end is -1; the last n bytes are `(-n, -1)`. Several ranges, another unit and anything
    malformed are None: a server may ignore the field, and ignores it whole.
    """
    found = _RANGE.fullmatch(field)
    if found is None:
        return None
    if found["suffix"] is not None:
        suffix = int(found["suffix"])
        return (-suffix, -1) if suffix else None
    first = int(found["first"])
    last = int(found["last"]) if found["last"] else -1
    if last != -1 and last < first:
        return None
    return first, last
