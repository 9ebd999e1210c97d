"""HTTP dates beside what werkzeug makes of them: RFC 9110, section 5.6.7."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from werkzeug.http import http_date, parse_date

from anyws._dates import format_http_date
from anyws.http.dates import parse_http_date

FIRST, LAST = datetime(1, 1, 2), datetime(9999, 12, 30)
OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
MOMENTS = st.datetimes(FIRST, LAST, timezones=st.one_of(st.none(), OFFSETS))


@settings(max_examples=300, deadline=None)
@given(MOMENTS)
@example(datetime(9000, 1, 1, 0, 0, 0, 999_999, UTC))
@example(datetime(1, 1, 2, tzinfo=UTC))
def test_a_date_is_written_as_by_werkzeug(moment: datetime) -> None:
    in_utc = moment if moment.tzinfo is None else moment.astimezone(UTC)
    assert format_http_date(moment) == http_date(in_utc)


@settings(max_examples=300, deadline=None)
@given(st.datetimes(datetime(100, 1, 1), LAST, timezones=st.just(UTC)))
def test_the_format_of_today_and_that_of_asctime_are_read_as_by_werkzeug(moment: datetime) -> None:
    today = http_date(moment)
    # strftime() does not fill up the year.
    asctime = f"{moment:%a %b} {moment.day:2} {moment:%H:%M:%S} {moment.year:04}"
    for text in (today, asctime):
        assert parse_http_date(text) == parse_date(text) == moment.replace(microsecond=0)


@settings(max_examples=300, deadline=None)
@given(st.datetimes(datetime(1969, 1, 1), datetime(2068, 12, 31), timezones=st.just(UTC)))
def test_the_format_with_two_digits_of_the_year_is_read_as_by_werkzeug_but_for_the_century(
    moment: datetime,
) -> None:
    text = f"{moment:%A, %d-%b-%y %H:%M:%S} GMT"
    read, expected = parse_http_date(text), parse_date(text)
    assert expected is not None
    # Whatever the century: what appears to be more than 50 years ahead is in the past. Werkzeug
    # has 1969 to 2068 for all times.
    assert (read.year - expected.year) % 100 == 0
    assert read.replace(year=expected.year) == expected
    assert -50 <= read.year - datetime.now(UTC).year <= 50


FIELDS = st.builds(
    "{} {:02} {} {} {:02}:{:02}:{:02} {}".format,
    st.sampled_from(["Sun,", "Mon,", "sun,", "Sunday,", "", "Sun"]),
    st.integers(0, 32),
    st.sampled_from(["Jan", "Feb", "Nov", "feb", "Foo"]),
    st.sampled_from(["1994", "2000", "94", "0000", "19940"]),
    st.integers(0, 25),
    st.integers(0, 61),
    st.integers(0, 61),
    st.sampled_from(["GMT", "UTC", "+0000", "EST", ""]),
) | st.text(st.sampled_from("Sun, 06Nov1994:GMT"), max_size=30)


@settings(max_examples=400, deadline=None)
@given(FIELDS)
def test_what_is_read_at_all_is_what_werkzeug_reads(field: str) -> None:
    try:
        read = parse_http_date(field)
    except ValueError:
        return
    # A leap second, which werkzeug does not read, is the one before.
    assert read == parse_date(field.replace(":60 GMT", ":59 GMT"))


@pytest.mark.parametrize(
    "text",
    [
        # The three formats are all there are, a date is case-sensitive, and its zone is GMT.
        # Werkzeug reads the dates of mail, in which much more is allowed.
        "Sun, 06 Nov 1994 08:49:37 +0000",
        "Sun, 06 Nov 1994 09:49:37 +0100",
        "Sun, 06 Nov 1994 08:49:37 EST",
        "Sun, 06 Nov 1994 08:49:37",
        "Sun, 06 Nov 1994 08:49 GMT",
        "sun, 06 nov 1994 08:49:37 gmt",
        "06 Nov 1994 08:49:37 GMT",
        "Sun, 6 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 94 08:49:37 GMT",
    ],
)
def test_only_the_formats_of_http_are_read_where_werkzeug_reads_more(text: str) -> None:
    with pytest.raises(ValueError, match="is not an HTTP date"):
        parse_http_date(text)


def test_a_second_of_sixty_is_read_where_werkzeug_reads_none() -> None:
    # The grammar has it for leap seconds, which datetime cannot say.
    read = parse_http_date("Sat, 31 Dec 2016 23:59:60 GMT")
    assert read == datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC)
