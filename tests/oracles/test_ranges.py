"""Ranges of bytes beside what werkzeug makes of them: RFC 9110, section 14."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import ContentRange, Range
from werkzeug.http import parse_range_header

from anyws import HTTPRangeNotSatisfiable
from anyws.http.ranges import parse_range
from anyws.static.ranges import resolve_range
from tests.http.exchanges import make_response

NUMBERS = st.integers(0, 30).map(str) | st.integers(0, 10**17).map(lambda n: f"00{n}")
SPECS = st.one_of(
    st.builds("{}-{}".format, NUMBERS, NUMBERS),
    NUMBERS.map("{}-".format),
    NUMBERS.map("-{}".format),
    st.text(st.sampled_from("0123456789-+_.x"), max_size=6),
)
BLANKS = st.sampled_from(["", "", " ", "\t "])
PADDED = st.builds("{}{}{}".format, BLANKS, SPECS, BLANKS)
FIELDS = st.builds(
    "{}={}".format,
    st.sampled_from(["bytes", "bytes", "bytes", "BYTES", "Bytes", "items", "byte", ""]),
    st.lists(PADDED, min_size=1, max_size=3).map(",".join),
) | st.text(st.sampled_from("bytes=0123456789-,"), max_size=24)


def as_pair(found: Range | None) -> tuple[int, int] | None:
    """Write werkzeug's half-open ranges as first and last position; None for all but one range."""
    if found is None or found.units != "bytes" or len(found.ranges) != 1:
        return None
    ((first, stop),) = found.ranges
    return first, -1 if stop is None else stop - 1


@settings(max_examples=300, deadline=None)
@given(FIELDS)
@example("bytes=-0")
@example("bytes=5-4")
@example("bytes= 1-2\t")
@example("bytes=0-0,-1")
@example("bytes=--5")
def test_a_field_is_read_as_werkzeug_reads_it(field: str) -> None:
    assert parse_range(field) == as_pair(parse_range_header(field))


@pytest.mark.parametrize(
    ("field", "requested"),
    [
        # Section 14.1.1: there is no whitespace inside of an int-range, or in front of the '='.
        ("bytes=1 - 2", None),
        ("bytes=1- 2", None),
        ("bytes =1-2", None),
        (" bytes=1-2", None),
        # Every file ends before 10**18: a number beyond it is as good as that one.
        ("bytes=0-18446744073709551615", (0, 10**18)),
        (f"bytes={2**64}-{2**65}", (10**18, 10**18)),
        (f"bytes=-{2**64}", (-(10**18), -1)),
    ],
)
def test_a_field_is_read_by_the_grammar_where_werkzeug_reads_more(
    field: str, requested: tuple[int, int] | None
) -> None:
    assert parse_range(field) == requested


@pytest.mark.parametrize("digit", "019")
@pytest.mark.parametrize("form", ["bytes={}-", "bytes=0-{}", "bytes=-{}", "bytes={}x"])
def test_a_number_of_any_length_takes_no_more_than_linear_time(form: str, digit: str) -> None:
    began = time.process_time()
    parse_range(form.format(digit * 500_000))
    # Quadratic time would be minutes.
    assert time.process_time() - began < 5


def werkzeug_span(found: Range, size: int) -> tuple[int, int] | None:
    """Give first position and length of what werkzeug sends; None is a 416."""
    span = found.range_for_length(size)
    return None if span is None else (span[0], span[1] - span[0])


def our_span(requested: tuple[int, int], size: int) -> tuple[int, int] | None:
    try:
        return resolve_range(requested, size)
    except HTTPRangeNotSatisfiable:
        return None


@settings(max_examples=300, deadline=None)
@given(
    st.builds("{}-{}".format, st.integers(0, 30), st.integers(0, 30) | st.just("")),
    st.integers(0, 30),
)
def test_a_range_gives_the_bytes_and_the_416_that_werkzeug_gives(spec: str, size: int) -> None:
    field = f"bytes={spec}"
    requested, found = parse_range(field), parse_range_header(field)
    assert (requested is None) is (found is None)
    if requested is not None and found is not None:
        assert our_span(requested, size) == werkzeug_span(found, size)


@settings(max_examples=200, deadline=None)
@given(st.integers(1, 40), st.integers(1, 30))
def test_the_last_bytes_are_those_of_werkzeug_and_all_where_there_are_fewer(
    suffix: int, size: int
) -> None:
    field = f"bytes=-{suffix}"
    requested, found = parse_range(field), parse_range_header(field)
    assert requested is not None
    assert found is not None
    if suffix <= size:
        assert our_span(requested, size) == werkzeug_span(found, size)
    else:
        # Section 14.1.2: the entire representation is used. For werkzeug that is a 416.
        assert our_span(requested, size) == (0, size)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 30), st.integers(0, 30), st.integers(1, 40))
def test_content_range_is_written_as_werkzeug_writes_it(first: int, more: int, size: int) -> None:
    found = Range("bytes", [(first, first + more + 1)])
    try:
        span = resolve_range((first, first + more), size)
    except HTTPRangeNotSatisfiable as error:
        written = ContentRange("bytes", None, None, size).to_header()
        assert error.headers == [("Content-Range", written)]
        assert found.to_content_range_header(size) is None
    else:
        assert span is not None
        response = make_response()
        response.content_range = (span.first, span.last, size)
        assert response.get_header("Content-Range") == found.to_content_range_header(size)
