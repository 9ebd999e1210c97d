"""What each converter makes of a text, and what it refuses."""

from __future__ import annotations

import math
import uuid
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anyws.routing.converters import (
    DateTimeConverter,
    FloatConverter,
    IntConverter,
    PathConverter,
    UUIDConverter,
)

UUID = uuid.UUID("378360d3-4190-4f9e-b1e5-0e0fe9b3e4e2")


@pytest.mark.parametrize(
    ("converter", "text", "value"),
    [
        (IntConverter(), "0", 0),
        (IntConverter(), "007", 7),
        (IntConverter(), "-12", -12),
        (IntConverter(num_digits=3), "123", 123),
        (IntConverter(3), "-123", -123),
        (IntConverter(3), "12", None),
        (IntConverter(3), "1234", None),
        (IntConverter(None, 1, 3), "1", 1),
        (IntConverter(None, 1, 3), "3", 3),
        (IntConverter(None, 1, 3), "0", None),
        (IntConverter(min=1, max=3), "4", None),
        (IntConverter(min=-5), "-5", -5),
        (IntConverter(max=0), "1", None),
    ],
)
def test_int_takes_digits_within_its_bounds(
    converter: IntConverter, text: str, value: int | None
) -> None:
    assert converter.convert(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "-",
        "+1",
        "--1",
        "1 ",
        " 1",
        "1\n",
        "1_000",
        "0x1",
        "1.0",
        "1e3",
        "٣",
        "1\u00b2",
        "\uff11",
    ],
)
def test_int_takes_ascii_digits_only_and_no_underscores(text: str) -> None:
    assert IntConverter().convert(text) is None


def test_more_digits_than_python_converts_are_no_match() -> None:
    assert IntConverter().convert("1" * 10_000) is None


@given(st.integers())
def test_every_integer_survives_int(number: int) -> None:
    assert IntConverter().convert(str(number)) == number


@pytest.mark.parametrize(
    ("converter", "text", "value"),
    [
        (FloatConverter(), "1", 1.0),
        (FloatConverter(), "-1.5", -1.5),
        (FloatConverter(), "1.", 1.0),
        (FloatConverter(), ".5", 0.5),
        (FloatConverter(), "1e3", 1000.0),
        (FloatConverter(), "1E-3", 0.001),
        (FloatConverter(0, 1), "0", 0.0),
        (FloatConverter(0, 1), "1.0", 1.0),
        (FloatConverter(min=0.5), "0.4", None),
        (FloatConverter(max=0.5), "0.6", None),
        (FloatConverter(), "inf", None),
        (FloatConverter(), "-Infinity", None),
        (FloatConverter(), "nan", None),
        (FloatConverter(), "1e999", None),
        (FloatConverter(finite=False), "-inf", -math.inf),
        (FloatConverter(None, None, False), "inf", math.inf),
        (FloatConverter(finite=False), "1e999", math.inf),
        (FloatConverter(min=0, finite=False), "nan", None),
        (FloatConverter(max=0, finite=False), "nan", None),
        (FloatConverter(max=0, finite=False), "inf", None),
    ],
)
def test_float_takes_finite_numbers_within_its_bounds(
    converter: FloatConverter, text: str, value: float | None
) -> None:
    assert converter.convert(text) == value


def test_float_takes_nan_where_it_is_asked_to() -> None:
    value = FloatConverter(finite=False).convert("NaN")
    assert value is not None
    assert math.isnan(value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        "-",
        "+1",
        "1_0.5",
        "1.5_0",
        " 1.5",
        "1.5\n",
        "1e",
        "e1",
        "0x1p3",
        "\u0663.5",
        "\u0131nf",
    ],
)
def test_float_takes_ascii_digits_only_and_no_underscores(text: str) -> None:
    assert FloatConverter(finite=False).convert(text) is None


@given(st.floats(allow_nan=False))
def test_every_float_survives_float(number: float) -> None:
    assert FloatConverter(finite=False).convert(repr(number)) == number


@pytest.mark.parametrize("text", [str(UUID), str(UUID).upper(), UUID.hex])
def test_uuid_takes_its_two_spellings(text: str) -> None:
    assert UUIDConverter().convert(text) == UUID


@pytest.mark.parametrize(
    "text",
    [
        "",
        "378360d3",
        f"{{{UUID}}}",
        f"urn:uuid:{UUID}",
        f"{UUID}\n",
        str(UUID).replace("-", "", 1),
        UUID.hex[:-2] + "_1",
        UUID.hex[:-1] + "٣",
        UUID.hex[:-1] + "g",
    ],
)
def test_uuid_takes_no_other_spelling(text: str) -> None:
    assert UUIDConverter().convert(text) is None


@pytest.mark.parametrize(
    ("converter", "text", "value"),
    [
        (DateTimeConverter(), "2024-02-29T23:59:01Z", datetime(2024, 2, 29, 23, 59, 1, 0, UTC)),
        (
            DateTimeConverter(),
            "2024-02-29T23:59:01+0130",
            datetime(2024, 2, 29, 23, 59, 1, 0, timezone(timedelta(minutes=90))),
        ),
        (DateTimeConverter("%Y-%m-%d"), "2024-02-29", datetime(2024, 2, 29)),
        (DateTimeConverter("%Y-%m-%d"), "2023-02-29", None),
        (DateTimeConverter("%Y-%m-%d"), "2024-02-29 ", None),
        (DateTimeConverter(), "2024-02-29T23:59:01", None),
        (DateTimeConverter(), "", None),
    ],
)
def test_dt_reads_its_format(
    converter: DateTimeConverter, text: str, value: datetime | None
) -> None:
    assert converter.convert(text) == value


def test_dt_takes_ascii_digits_only() -> None:
    assert datetime.strptime("٢٠٢٤", "%Y").year == 2024
    assert DateTimeConverter("%Y").convert("٢٠٢٤") is None


@pytest.mark.parametrize("text", ["", "a", "a/b//c/", "ä"])
def test_path_takes_everything(text: str) -> None:
    assert PathConverter().convert(text) == text


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"num_digits": 0}, "num_digits is 0; it must be at least 1"),
        ({"num_digits": "2"}, "num_digits is '2'; it must be an int or None"),
        ({"num_digits": True}, "num_digits is True; it must be an int or None"),
        ({"min": 1.5}, "min is 1.5; it must be an int or None"),
        ({"max": "9"}, "max is '9'; it must be an int or None"),
        ({"min": 3, "max": 2}, "min is 3 and max is 2; nothing lies between them"),
    ],
)
def test_int_refuses_arguments_that_can_never_work(
    arguments: dict[str, int | None], message: str
) -> None:
    with pytest.raises((TypeError, ValueError), match=message):
        IntConverter(**arguments)


def test_float_refuses_bounds_that_are_no_numbers() -> None:
    bound: object = "1"
    with pytest.raises(TypeError, match="min is '1'; it must be a number or None"):
        FloatConverter(min=bound)  # type: ignore[arg-type]  # the mistake under test


@pytest.mark.parametrize("format_string", ["%Q", "%G", "%", "%Y %Y"])
def test_dt_refuses_a_format_that_cannot_be_read_back(format_string: str) -> None:
    with pytest.raises(Exception, match=r"directive|stray|redefinition|time data"):
        DateTimeConverter(format_string)
