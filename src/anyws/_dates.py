"""HTTP dates, as they are written: RFC 9110, section 5.6.7."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS: Final = tuple("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split())


def format_http_date(moment: datetime) -> str:
    """Write a moment as `Sun, 06 Nov 1994 08:49:37 GMT`. Without a time zone it is in UTC."""
    # The standard library has this in email.utils, which takes longer to import than AnyIO.
    in_utc = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    day, month = _DAYS[in_utc.weekday()], MONTHS[in_utc.month - 1]
    return f"{day}, {in_utc.day:02} {month} {in_utc.year:04} {in_utc:%H:%M:%S} GMT"
