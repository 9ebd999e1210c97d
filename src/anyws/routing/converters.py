"""Converters: what turns the text of a template's field into a value, or says that it can't."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Final, Protocol, TypeAlias, TypeVar

from anyws._imports import uuid

T_co = TypeVar("T_co", covariant=True)

_FLOAT = re.compile(
    r"-?(?:(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:e[+-]?[0-9]+)?|inf(?:inity)?|nan)",
    re.ASCII | re.IGNORECASE,
)
_UUID = re.compile(r"[0-9a-fA-F]{32}|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_FOREIGN_DIGIT = re.compile(r"[^\D0-9]")


class Converter(Protocol[T_co]):
    """What a class in `router_options.converters` has to offer.

    It is instantiated once for each field that names it, when the route is added, with the
    arguments that the template gives it. What its constructor raises makes the template
    unacceptable.
    """

    def convert(self, value: str, /) -> T_co | None:
        """Give the value of a non-empty text without slashes, or None: then nothing matches."""
        ...


ConverterClass: TypeAlias = type[Converter[object]]


class IntConverter:
    """`{n:int(num_digits, min, max)}`: ASCII digits, and a `-` before them.

    `num_digits` is the exact number of digits; `min` and `max` are inclusive. A text that is
    longer than Python converts (`sys.get_int_max_str_digits()`) is no match.
    """

    def __init__(
        self, num_digits: int | None = None, min: int | None = None, max: int | None = None
    ) -> None:
        _check_number("num_digits", num_digits, int)
        if num_digits is not None and num_digits < 1:
            raise ValueError(f"num_digits is {num_digits}; it must be at least 1")
        self._num_digits = num_digits
        self._range = _make_range(min, max, int)

    def convert(self, value: str) -> int | None:
        digits = value.removeprefix("-")
        # What is a digit of ASCII is one of 0 to 9.
        if not (digits.isascii() and digits.isdigit()):
            return None
        if self._num_digits is not None and len(digits) != self._num_digits:
            return None
        try:
            number = int(value)
        except ValueError:
            return None
        return number if self._range is None or number in self._range else None


class FloatConverter:
    """`{x:float(min, max, finite=True)}`: a decimal number in ASCII, `1e-3` and `-.5` too.

    `min` and `max` are inclusive. Infinities and NaN match only with `finite=False`, and NaN
    only where there is neither `min` nor `max`.
    """

    def __init__(
        self, min: float | None = None, max: float | None = None, finite: bool = True
    ) -> None:
        self._range = _make_range(min, max, float)
        self._finite = finite

    def convert(self, value: str) -> float | None:
        if _FLOAT.fullmatch(value) is None:
            return None
        number = float(value)
        if self._finite and not math.isfinite(number):
            return None
        return number if self._range is None or number in self._range else None


class UUIDConverter:
    """`{id:uuid}`: 32 hexadecimal digits, with the four hyphens of RFC 9562 or without any."""

    def convert(self, value: str) -> uuid.UUID | None:
        return None if _UUID.fullmatch(value) is None else uuid.UUID(value)


class DateTimeConverter:
    """`{when:dt(format_string)}`: a point in time as `datetime.strptime()` reads it.

    The constructor refuses a format that `strptime()` could not read back, with its error.
    """

    def __init__(self, format_string: str = "%Y-%m-%dT%H:%M:%S%z") -> None:
        self._format = format_string
        sample = datetime(2000, 1, 1, tzinfo=UTC).strftime(format_string)
        datetime.strptime(sample, format_string)

    def convert(self, value: str) -> datetime | None:
        # strptime() takes the digits of every script.
        if _FOREIGN_DIGIT.search(value) is not None:
            return None
        try:
            return datetime.strptime(value, self._format)
        except (ValueError, OverflowError):
            return None


class PathConverter:
    """`{rest:path}`: all that is left of the path, slashes and nothing included.

    Its field is the last segment of a template and stands alone there. A subclass of it is given
    the rest of the path too.
    """

    def convert(self, value: str) -> str | None:
        return value


BUILTIN_CONVERTERS: Final[Mapping[str, ConverterClass]] = MappingProxyType(
    {
        "int": IntConverter,
        "float": FloatConverter,
        "uuid": UUIDConverter,
        "dt": DateTimeConverter,
        "path": PathConverter,
    }
)


def _make_range(least: float | None, most: float | None, kind: type[float]) -> _Range | None:
    """Give the numbers to let through, None for all."""
    return None if least is None and most is None else _Range(least, most, kind)


class _Range:
    """The numbers from `least` to `most`, both included; None leaves a side open."""

    def __init__(self, least: float | None, most: float | None, kind: type[float]) -> None:
        _check_number("min", least, kind)
        _check_number("max", most, kind)
        if least is not None and most is not None and not least <= most:
            raise ValueError(f"min is {least} and max is {most}; nothing lies between them")
        self._least = least
        self._most = most

    def __contains__(self, number: float) -> bool:
        if self._least is not None and not number >= self._least:
            return False
        return self._most is None or number <= self._most


def _check_number(name: str, value: object, kind: type[float]) -> None:
    if value is None or (isinstance(value, (int, kind)) and not isinstance(value, bool)):
        return
    noun = "an int" if kind is int else "a number"
    raise TypeError(f"{name} is {value!r}; it must be {noun} or None")
