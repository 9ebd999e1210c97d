"""HTTP dates."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anyws._dates import format_http_date
from anyws.http.dates import parse_http_date

MOMENT = datetime(1994, 11, 6, 8, 49, 37, tzinfo=UTC)


def test_a_date_is_written_in_gmt() -> None:
    assert format_http_date(MOMENT) == "Sun, 06 Nov 1994 08:49:37 GMT"
    east = MOMENT.astimezone(timezone(timedelta(hours=5)))
    assert format_http_date(east) == "Sun, 06 Nov 1994 08:49:37 GMT"


def test_a_date_without_a_time_zone_is_in_utc() -> None:
    assert format_http_date(MOMENT.replace(tzinfo=None)) == "Sun, 06 Nov 1994 08:49:37 GMT"


@pytest.mark.parametrize(
    "text",
    [
        "Sun, 06 Nov 1994 08:49:37 GMT",
        "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun Nov  6 08:49:37 1994",
    ],
)
def test_the_three_formats_that_http_has_had_are_read(text: str) -> None:
    assert parse_http_date(text) == MOMENT


def test_a_year_of_two_digits_is_never_more_than_fifty_years_ahead() -> None:
    year = datetime.now(UTC).year + 51
    assert parse_http_date(f"Sunday, 06-Nov-{year % 100:02} 08:49:37 GMT").year == year - 100
    assert parse_http_date(f"Sunday, 06-Nov-{(year - 1) % 100:02} 08:49:37 GMT").year == year - 1


def test_a_leap_second_is_read() -> None:
    assert parse_http_date("Sat, 31 Dec 2016 23:59:60 GMT").second == 59


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0",
        "1994-11-06T08:49:37Z",
        "Sun, 06 Nov 1994 08:49:37",
        "Sun, 06 Nov 1994 08:49:37 +0100",
        "Sun, 31 Feb 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 28:49:37 GMT",
        "Sun, 06 Nov 0000 08:49:37 GMT",
        "Sun, \u0660\u0666 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 08:49:37 GMT\n",
    ],
)
def test_anything_else_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError):
        parse_http_date(text)


@given(st.datetimes(datetime(1000, 1, 1), datetime(9998, 1, 1), timezones=st.timezones()))
def test_what_is_written_is_read_back_to_the_second(moment: datetime) -> None:
    read = parse_http_date(format_http_date(moment))
    assert timedelta(0) <= moment - read < timedelta(seconds=1)
