"""Conditional requests beside what werkzeug makes of them: RFC 9110, sections 13 and 14."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import Headers
from werkzeug.exceptions import RequestedRangeNotSatisfiable
from werkzeug.http import http_date, parse_date, parse_etags, parse_range_header
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Response

from anyws import HTTPError
from anyws.http.etags import ETag
from anyws.static.validators import Conditions, Version, decide
from tests.http.exchanges import make_request

SIZE = 10
MOMENT = datetime(1994, 11, 6, 8, 49, 37, tzinfo=UTC)
VERSION = Version(ETag("v"), MOMENT, SIZE)
DATE = "Sun, 06 Nov 1994 08:49:37 GMT"
EARLIER = "Sun, 06 Nov 1994 08:49:36 GMT"
LATER = "Sun, 06 Nov 1994 08:49:38 GMT"

Answer = tuple[int, int, int]
"""A status, and the first position and the length of what is sent."""
EVERYTHING = (200, 0, SIZE)
NOT_MODIFIED = (304, 0, 0)
PRECONDITION_FAILED = (412, 0, 0)
NOT_SATISFIABLE = (416, 0, 0)

TAGS = st.sampled_from(['"v"', 'W/"v"', '"x"', 'W/"x"', '"v,x"', '""'])
TAG_LISTS = st.lists(TAGS, min_size=1, max_size=3).map(", ".join)
DATES = st.integers(-3, 3).map(lambda seconds: http_date(MOMENT + timedelta(seconds=seconds)))
SPECS = st.builds("{}-{}".format, st.integers(0, 12), st.integers(0, 12) | st.just(""))
RANGES = (
    (SPECS | st.integers(1, SIZE).map("-{}".format))
    .map("bytes={}".format)
    .filter(lambda field: parse_range_header(field) is not None)
)


def our_answer(headers: Mapping[str, str], method: str = "GET") -> Answer:
    request = make_request(method=method, headers=headers)
    try:
        answer = decide(VERSION, Conditions.of(request))
    except HTTPError as error:
        return error.status_code, 0, 0
    if answer.not_modified:
        return NOT_MODIFIED
    return EVERYTHING if answer.span is None else (206, *answer.span)


def werkzeug_answer(headers: Mapping[str, str], method: str = "GET") -> Answer:
    environ = EnvironBuilder(method=method, headers=Headers(dict(headers))).get_environ()
    response = Response(bytes(SIZE))
    response.set_etag(VERSION.etag)
    response.last_modified = VERSION.last_modified
    try:
        response.make_conditional(environ, accept_ranges=True, complete_length=SIZE)
    except RequestedRangeNotSatisfiable:
        return NOT_SATISFIABLE
    if response.status_code == 206:
        start, stop = response.content_range.start, response.content_range.stop
        assert start is not None
        assert stop is not None
        return 206, start, stop - start
    return response.status_code, 0, SIZE if response.status_code == 200 else 0


def fields(**strategies: st.SearchStrategy[str]) -> st.SearchStrategy[dict[str, str]]:
    """Give any of these fields, each with its value."""
    named = {name.replace("_", "-"): strategy for name, strategy in strategies.items()}
    return st.fixed_dictionaries({}, optional=named)


@settings(max_examples=200, deadline=None)
@given(
    fields(If_None_Match=TAG_LISTS | st.just("*"), If_Modified_Since=DATES | st.just("today")),
    st.sampled_from(["GET", "HEAD"]),
)
def test_who_has_the_version_gets_a_304_as_from_werkzeug(
    headers: dict[str, str], method: str
) -> None:
    assert our_answer(headers, method) == werkzeug_answer(headers, method)


@settings(max_examples=200, deadline=None)
@given(fields(If_Match=TAG_LISTS), st.sampled_from(["GET", "HEAD"]))
def test_who_wants_another_version_gets_a_412_as_from_werkzeug(
    headers: dict[str, str], method: str
) -> None:
    assert our_answer(headers, method) == werkzeug_answer(headers, method)


STRONG_TAGS = st.sampled_from(['"v"', '"x"', '"v,x"', '""'])
DATES_THAT_ARE_NOT_LATER = st.sampled_from([DATE, EARLIER])


@settings(max_examples=200, deadline=None)
@given(RANGES, st.none() | STRONG_TAGS | DATES_THAT_ARE_NOT_LATER)
def test_a_range_is_sent_or_not_as_by_werkzeug(field: str, if_range: str | None) -> None:
    headers = {"Range": field}
    if if_range is not None:
        headers["If-Range"] = if_range
    assert our_answer(headers) == werkzeug_answer(headers)


@settings(max_examples=300, deadline=None)
@given(
    fields(
        If_Match=TAG_LISTS | st.just("*"),
        If_Unmodified_Since=DATES | st.just("today"),
        If_None_Match=TAG_LISTS | st.just("*"),
        If_Modified_Since=DATES | st.just("today"),
        Range=RANGES,
        If_Range=STRONG_TAGS | DATES_THAT_ARE_NOT_LATER,
    )
)
def test_conditions_are_asked_in_the_order_of_the_rfc_each_one_of_werkzeug(
    headers: dict[str, str],
) -> None:
    assert our_answer(headers) == answer_by_section_13_2_2(headers)


def answer_by_section_13_2_2(headers: Mapping[str, str]) -> Answer:
    """Take the steps of section 13.2.2 of RFC 9110; what each one comes to is for werkzeug to say.

    Werkzeug's own order is another one: it sends a range before it looks at any tag, knows no
    If-Unmodified-Since, takes `If-Match: *` for a tag, and asks nothing further where If-Match is
    fulfilled.
    """
    if "If-Match" in headers:
        wanted = parse_etags(headers["If-Match"])
        if not (wanted.star_tag or wanted.is_strong(VERSION.etag)):
            return PRECONDITION_FAILED
    else:
        since = parse_date(headers.get("If-Unmodified-Since"))
        if since is not None and since < MOMENT:
            return PRECONDITION_FAILED
    if werkzeug_answer(_only(headers, "If-None-Match", "If-Modified-Since")) == NOT_MODIFIED:
        return NOT_MODIFIED
    return werkzeug_answer(_only(headers, "Range", "If-Range"))


def _only(headers: Mapping[str, str], *names: str) -> dict[str, str]:
    return {name: headers[name] for name in names if name in headers}


DIFFERENCES = [
    # Section 13.2.2: a client that has this version needs no part of it.
    ({"If-None-Match": '"v"', "Range": "bytes=0-1"}, NOT_MODIFIED),
    ({"If-Modified-Since": DATE, "Range": "bytes=99-"}, NOT_MODIFIED),
    ({"If-Match": '"x"', "Range": "bytes=0-1"}, PRECONDITION_FAILED),
    # Section 13.1.1: `*` is fulfilled by anything that is there.
    ({"If-Match": "*"}, EVERYTHING),
    # Section 13.2.2, step 3: what If-Match lets pass is still held against If-None-Match.
    ({"If-Match": '"v"', "If-None-Match": '"v"'}, NOT_MODIFIED),
    ({"If-Match": '"v"', "If-Modified-Since": DATE}, NOT_MODIFIED),
    # Section 13.1.4.
    ({"If-Unmodified-Since": EARLIER}, PRECONDITION_FAILED),
    ({"If-Unmodified-Since": DATE}, EVERYTHING),
    ({"If-Unmodified-Since": "today"}, EVERYTHING),
    ({"If-Match": '"v"', "If-Unmodified-Since": EARLIER}, EVERYTHING),
    ({"If-Match": '"x"', "If-Unmodified-Since": LATER}, PRECONDITION_FAILED),
    # Section 13.1.1, step 3, and section 13.1.2, step 3: a field that cannot be read names no
    # version. Section 13.1.3: the date is ignored where there is an If-None-Match at all.
    ({"If-Match": "v"}, PRECONDITION_FAILED),
    ({"If-Match": ""}, PRECONDITION_FAILED),
    ({"If-None-Match": "v"}, EVERYTHING),
    ({"If-None-Match": "v", "If-Modified-Since": DATE}, EVERYTHING),
    ({"If-None-Match": "", "If-Modified-Since": DATE}, EVERYTHING),
    # Section 13.1.5: If-Range takes the strong comparison, and a date that is the very same.
    ({"Range": "bytes=0-1", "If-Range": 'W/"v"'}, EVERYTHING),
    ({"Range": "bytes=0-1", "If-Range": LATER}, EVERYTHING),
    ({"Range": "bytes=0-1", "If-Range": "v"}, EVERYTHING),
    # Section 14.2: a server may ignore any Range, and has to ignore one it cannot read.
    ({"Range": "bytes=5-4"}, EVERYTHING),
    ({"Range": "bytes=-0"}, EVERYTHING),
    ({"Range": "lines=0-1"}, EVERYTHING),
    ({"Range": "bytes=0-1,4-5"}, EVERYTHING),
    # Section 14.1.2.
    ({"Range": "bytes=-99"}, (206, 0, SIZE)),
]


@pytest.mark.parametrize(("headers", "answer"), DIFFERENCES)
def test_the_rfc_counts_where_werkzeug_differs(headers: dict[str, str], answer: Answer) -> None:
    assert our_answer(headers) == answer


@pytest.mark.parametrize("field", ["bytes=0-1", "bytes=99-"])
def test_a_head_knows_no_ranges(field: str) -> None:
    # Section 14.2: GET is the only method for which they are defined. Werkzeug sends a 206.
    assert our_answer({"Range": field}, "HEAD") == EVERYTHING


def test_a_tag_that_is_a_star_in_quotes_is_no_wildcard() -> None:
    for tag in ('"*"', 'W/"*"'):
        headers = {"If-None-Match": tag}
        assert our_answer(headers) == werkzeug_answer(headers) == EVERYTHING
    headers = {"If-Match": '"*"'}
    assert our_answer(headers) == werkzeug_answer(headers) == PRECONDITION_FAILED
