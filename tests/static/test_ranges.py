"""The arithmetic of one range."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anyws import HTTPRangeNotSatisfiable
from anyws.http.ranges import parse_range
from anyws.static.ranges import Span, resolve_range


@pytest.mark.parametrize(
    ("requested", "size", "span"),
    [
        ((0, 4), 10, Span(0, 5)),
        ((5, 5), 10, Span(5, 1)),
        ((9, -1), 10, Span(9, 1)),
        ((0, -1), 10, Span(0, 10)),
        ((0, 99), 10, Span(0, 10)),
        ((-3, -1), 10, Span(7, 3)),
        ((-99, -1), 10, Span(0, 10)),
        ((-3, -1), 0, None),
    ],
)
def test_a_range_is_cut_to_what_is_there(
    requested: tuple[int, int], size: int, span: Span | None
) -> None:
    assert resolve_range(requested, size) == span


@pytest.mark.parametrize(("requested", "size"), [((10, -1), 10), ((10, 20), 10), ((0, 0), 0)])
def test_a_range_behind_the_end_is_a_416_that_says_the_length(
    requested: tuple[int, int], size: int
) -> None:
    with pytest.raises(HTTPRangeNotSatisfiable) as caught:
        resolve_range(requested, size)
    assert caught.value.headers == [("Content-Range", f"bytes */{size}")]


def test_a_span_has_a_last_byte() -> None:
    assert Span(3, 4).last == 6


@given(st.integers(0, 30), st.integers(-1, 30), st.integers(0, 30))
def test_a_range_gives_the_bytes_that_a_slice_gives(first: int, last: int, size: int) -> None:
    requested = parse_range(f"bytes={first}-{'' if last == -1 else last}")
    data = bytes(range(size))
    expected = data[first:] if last == -1 else data[first : last + 1]
    if requested is None:
        assert last < first
        return
    try:
        span = resolve_range(requested, size)
    except HTTPRangeNotSatisfiable:
        assert expected == b""
        return
    assert span is not None
    assert data[span.first : span.last + 1] == expected != b""


@given(st.integers(1, 40), st.integers(1, 30))
def test_the_last_bytes_are_those_of_a_slice(suffix: int, size: int) -> None:
    requested = parse_range(f"bytes=-{suffix}")
    assert requested is not None
    span = resolve_range(requested, size)
    assert span is not None
    data = bytes(range(size))
    assert data[span.first : span.last + 1] == data[-suffix:]


@given(st.text(st.sampled_from("bytes=0123456789-, \u0661"), max_size=20))
def test_any_range_header_is_read_or_ignored(field: str) -> None:
    requested = parse_range(field)
    assert requested is None or field.lower().startswith("bytes=")
