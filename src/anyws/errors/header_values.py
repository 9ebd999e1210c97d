"""The header values that errors derive from their arguments."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from anyws._dates import format_http_date


def joined(argument: str, values: Iterable[str]) -> str:
    """Return a list-valued header (RFC 9110, section 5.6.1); a bare str is a TypeError.

    A str is an iterable of its letters, and a header made of them would be nonsense.
    """
    if isinstance(values, str):
        raise TypeError(f"{argument} must be an iterable of str such as [{values!r}], not a str")
    return ", ".join(values)


def retry_after_value(retry_after: int | datetime) -> str:
    """Return whole seconds, or a point in time, as RFC 9110, section 10.2.3, writes them.

    A datetime without a time zone is in UTC. A negative number or another type is a ValueError.
    """
    if isinstance(retry_after, datetime):
        return format_http_date(retry_after)
    if not _is_number_of_seconds(retry_after):
        raise ValueError(
            f"retry_after must be whole seconds from 0 on, or a datetime, not {retry_after!r}"
        )
    return str(retry_after)


def _is_number_of_seconds(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0
