"""Which version of a file the client has, and what it gets."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from anyws import HTTPPreconditionFailed, HTTPRangeNotSatisfiable
from anyws.http.etags import ANY_TAG, ETag
from anyws.static.ranges import Span
from anyws.static.validators import Answer, Conditions, Version, decide

MOMENT = datetime(1994, 11, 6, 8, 49, 37, tzinfo=UTC)
DATE = "Sun, 06 Nov 1994 08:49:37 GMT"
VERSION = Version(ETag("v"), MOMENT, 10)
SECOND = timedelta(seconds=1)


def test_without_conditions_everything_is_sent() -> None:
    answer = decide(VERSION, Conditions())
    assert answer == Answer(not_modified=False, span=None, head=False)
    assert answer.body(VERSION) == Span(0, 10)


def test_a_head_gets_no_body() -> None:
    answer = decide(VERSION, Conditions(head=True))
    assert not answer.not_modified
    assert answer.body(VERSION) is None


@pytest.mark.parametrize(
    ("tags", "not_modified"),
    [
        ([ETag("v")], True),
        ([ETag("v", is_weak=True)], True),
        ([ETag("x"), ETag("v")], True),
        ([ANY_TAG], True),
        ([ETag("x")], False),
        # A tag that is a star, in quotes.
        ([ETag("*")], False),
        ([], False),
    ],
)
def test_a_tag_that_matches_is_a_304(tags: list[ETag], not_modified: bool) -> None:
    answer = decide(VERSION, Conditions(if_none_match=tags))
    assert answer.not_modified is not_modified
    assert (answer.body(VERSION) is None) is not_modified


@pytest.mark.parametrize(
    ("tags", "is_wanted"),
    [
        ([ETag("v")], True),
        ([ETag("x"), ETag("v")], True),
        ([ANY_TAG], True),
        ([ETag("v", is_weak=True)], False),
        ([ETag("x")], False),
        ([ETag("*")], False),
        ([], False),
    ],
)
def test_a_client_that_wants_another_version_gets_a_412(tags: list[ETag], is_wanted: bool) -> None:
    conditions = Conditions(if_match=tags)
    if is_wanted:
        assert not decide(VERSION, conditions).not_modified
    else:
        with pytest.raises(HTTPPreconditionFailed):
            decide(VERSION, conditions)


def test_a_client_that_wants_no_newer_version_gets_a_412() -> None:
    for since in (MOMENT, MOMENT + SECOND):
        assert not decide(VERSION, Conditions(if_unmodified_since=since)).not_modified
    with pytest.raises(HTTPPreconditionFailed):
        decide(VERSION, Conditions(if_unmodified_since=MOMENT - SECOND))


def test_if_match_counts_and_if_unmodified_since_does_not_where_both_are_there() -> None:
    conditions = Conditions(if_match=[ETag("v")], if_unmodified_since=MOMENT - SECOND)
    assert not decide(VERSION, conditions).not_modified
    with pytest.raises(HTTPPreconditionFailed):
        decide(VERSION, Conditions(if_match=[ETag("x")], if_unmodified_since=MOMENT))


def test_a_412_comes_before_a_304_and_a_range() -> None:
    tags = [ETag("v")]
    with pytest.raises(HTTPPreconditionFailed):
        decide(VERSION, Conditions(if_match=[], if_none_match=tags, requested_range=(99, -1)))
    assert decide(VERSION, Conditions(if_match=tags, if_none_match=tags)).not_modified


@pytest.mark.parametrize(
    ("since", "not_modified"), [(MOMENT, True), (MOMENT + SECOND, True), (MOMENT - SECOND, False)]
)
def test_a_date_that_is_not_older_is_a_304(since: datetime, not_modified: bool) -> None:
    assert decide(VERSION, Conditions(if_modified_since=since)).not_modified is not_modified


def test_if_none_match_counts_and_if_modified_since_does_not_where_both_are_there() -> None:
    conditions = Conditions(if_none_match=[ETag("x")], if_modified_since=MOMENT)
    assert not decide(VERSION, conditions).not_modified
    conditions = Conditions(if_none_match=[ETag("v")], if_modified_since=MOMENT - SECOND)
    assert decide(VERSION, conditions).not_modified


def test_a_range_is_sent_and_one_behind_the_end_is_a_416() -> None:
    answer = decide(VERSION, Conditions(requested_range=(2, 3)))
    assert answer.span == answer.body(VERSION) == Span(2, 2)
    with pytest.raises(HTTPRangeNotSatisfiable):
        decide(VERSION, Conditions(requested_range=(10, -1)))


def test_a_304_comes_before_a_range() -> None:
    conditions = Conditions(if_none_match=[ETag("v")], requested_range=(99, -1))
    assert decide(VERSION, conditions).not_modified


@pytest.mark.parametrize(
    ("if_range", "span"),
    [
        ('"v"', Span(2, 2)),
        ('W/"v"', None),
        ('"x"', None),
        (DATE, Span(2, 2)),
        ("Sun, 06 Nov 1994 08:49:38 GMT", None),
        ("Sun, 06 Nov 1994 08:49:36 GMT", None),
        ("nonsense", None),
        ("", None),
    ],
)
def test_a_range_is_sent_only_of_the_version_that_if_range_names(
    if_range: str, span: Span | None
) -> None:
    answer = decide(VERSION, Conditions(requested_range=(2, 3), if_range=if_range))
    assert answer.span == span


def test_a_range_behind_the_end_of_another_version_is_ignored() -> None:
    conditions = Conditions(requested_range=(99, -1), if_range='"x"')
    assert decide(VERSION, conditions).span is None
