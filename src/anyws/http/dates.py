"""HTTP dates: RFC 9110, section 5.6.7."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final

from anyws._dates import MONTHS

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

_MONTHS: Final = {name: number for number, name in enumerate(MONTHS, 1)}
_MONTH: Final = f"(?P<month>{'|'.join(_MONTHS)})"
_TIME: Final = r"(?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d)"
# The one that is written, and the two that a recipient still has to understand.
_FORMATS: Final = tuple(
    re.compile(pattern, re.ASCII)
    for pattern in (
        rf"[A-Z][a-z]{{2}}, (?P<day>\d\d) {_MONTH} (?P<year>\d{{4}}) {_TIME} GMT",
        rf"[A-Z][a-z]{{5,8}}, (?P<day>\d\d)-{_MONTH}-(?P<year>\d\d) {_TIME} GMT",
        rf"[A-Z][a-z]{{2}} {_MONTH} (?P<day>[ \d]\d) {_TIME} (?P<year>\d{{4}})",
    )
)


def parse_http_date(value: str) -> datetime:
    """Read any of the three formats that HTTP has had; raise `ValueError` for anything else."""
    for pattern in _FORMATS:
        found = pattern.fullmatch(value)
        if found is not None:
            return _moment(found)
    raise ValueError(f"{value!r} is not an HTTP date such as 'Sun, 06 Nov 1994 08:49:37 GMT'")


def _moment(found: re.Match[str]) -> datetime:
    year = int(found["year"])
    if len(found["year"]) == 2:
        year = _full_year(year)
    # A leap second is a second that datetime does not have.
    second = min(int(found["second"]), 59)
    return datetime(
        year,
        _MONTHS[found["month"]],
        int(found["day"]),
        int(found["hour"]),
        int(found["minute"]),
        second,
        tzinfo=UTC,
    )


def _full_year(year: int) -> int:
    """Place a year of two digits: never more than 50 years ahead."""
    this_year = datetime.now(UTC).year
    full = this_year - this_year % 100 + year
    return full - 100 if full > this_year + 50 else full
