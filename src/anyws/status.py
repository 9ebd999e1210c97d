"""Statuses of HTTP responses: from an integer, an `http.HTTPStatus` or a line to each other.

The `HTTP_…` constants can be imported from here as well as from `anyws` itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, TypeAlias

from anyws import status_lines
from anyws.status_lines import *

ResponseStatus: TypeAlias = int | str
"""404, `http.HTTPStatus.NOT_FOUND` (which is an int), '404' or '404 Not Found'."""

PHRASES: Final[Mapping[int, str]] = MappingProxyType(
    {int(line[:3]): line[4:] for name, line in vars(status_lines).items() if name[:5] == "HTTP_"}
)
"""The reason phrase of each registered status from 100 to 599."""


def status_code(status: ResponseStatus) -> int:
    """Return the three digits of a status as an int.

    Codes from 100 to 999 pass, registered or not, and a line's phrase is not looked at.
    Anything else is a ValueError.
    """
    code = _three_digits(status)
    if code is None:
        raise ValueError(
            f"{status!r} is not an HTTP status: give an int from 100 to 999, an http.HTTPStatus, "
            f"or a line such as {status_lines.HTTP_200!r}"
        )
    return code


def status_line(status: ResponseStatus) -> str:
    """Return the status as a line such as '404 Not Found'.

    A line that has a phrase already keeps it; a code without a registered phrase stands alone.
    A bad status is a ValueError.
    """
    code = status_code(status)
    if isinstance(status, str) and len(status) > 4:
        return status
    return f"{code} {phrase(code)}".rstrip()


def phrase(code: int) -> str:
    """Return the registered reason phrase of a status code, '' if it has none."""
    return PHRASES.get(code, "")


def _three_digits(status: object) -> int | None:
    if isinstance(status, str):
        digits = status.partition(" ")[0]
        if len(digits) == 3 and digits.isascii() and digits.isdigit() and digits >= "100":
            return int(digits)
    elif isinstance(status, int) and 100 <= status <= 999:
        return int(status)
    return None
