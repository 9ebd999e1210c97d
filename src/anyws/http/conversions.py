"""From text to what it stands for; each function raises `ValueError` with a phrase for the client."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Final, TypeVar

from anyws._imports import uuid
from anyws.media.codecs import json

NumberT = TypeVar("NumberT", int, float)

# int(), float() and strptime() take underscores or the digits of every script as well. The
# length is what int() converts at most.
_INTEGER: Final = re.compile(r"[+-]?[0-9]{1,4300}")
_NUMBER: Final = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_UUID: Final = re.compile(r"[0-9a-fA-F]{32}|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_TRUE: Final = frozenset({"true", "t", "yes", "y", "1", "on"})
_FALSE: Final = frozenset({"false", "f", "no", "n", "0", "off"})


def to_int(text: str) -> int:
    """Read a decimal integer."""
    if _INTEGER.fullmatch(text) is None:
        raise ValueError("The value must be an integer.")
    return int(text)


def to_float(text: str) -> float:
    """Read a finite decimal number."""
    number = float(text) if _NUMBER.fullmatch(text) is not None else float("inf")
    if abs(number) == float("inf"):
        raise ValueError("The value must be a number.")
    return number


def to_bool(text: str, *, blank: bool) -> bool:
    """Read true, t, yes, y, 1 and on, or their opposites, in any case; `blank` stands for ''."""
    word = text.lower()
    if not word:
        return blank
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    raise ValueError('The value must be "true" or "false".')


def to_uuid(text: str) -> uuid.UUID:
    """Read a UUID, with the four hyphens of RFC 9562 or without any."""
    if _UUID.fullmatch(text) is None:
        raise ValueError("The value must be a UUID.")
    return uuid.UUID(text)


def to_datetime(text: str, format_string: str) -> datetime:
    """Read a date and time in the given format of `strptime`."""
    if not text.isascii():
        raise ValueError("The value must be a date and time in the expected format.")
    try:
        return datetime.strptime(text, format_string)
    except (ValueError, OverflowError):
        raise ValueError("The value must be a date and time in the expected format.") from None


def to_date(text: str, format_string: str) -> date:
    """Read a date in the given format of `strptime`."""
    return to_datetime(text, format_string).date()


def to_json(text: str) -> object:
    """Read a JSON document."""
    try:
        return json.decode(text)
    except ValueError:
        raise ValueError("The value must be JSON.") from None


def bounded(number: NumberT, minimum: NumberT | None, maximum: NumberT | None) -> NumberT:
    """Give the number back if it lies between the two, which are allowed themselves."""
    if minimum is not None and number < minimum:
        raise ValueError(f"The value must be at least {minimum}.")
    if maximum is not None and number > maximum:
        raise ValueError(f"The value must not exceed {maximum}.")
    return number


def check_required(required: object) -> None:
    """Raise `TypeError` for a default in the place of `required`, which comes before it."""
    if not isinstance(required, bool):
        raise TypeError(
            f"required is True or False, not {required!r}: pass a default by its name, "
            f"default={required!r}"
        )
