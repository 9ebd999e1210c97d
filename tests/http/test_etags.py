"""Entity tags and lists of them."""

from __future__ import annotations

import time

import pytest

from anyws.http.etags import ETag, parse_etags
from tests.http.exchanges import make_request


@pytest.mark.parametrize(
    ("field", "tag", "is_weak"), [('"a"', "a", False), ('W/"a"', "a", True), ('""', "", False)]
)
def test_a_tag_is_read_and_written(field: str, tag: str, is_weak: bool) -> None:
    etag = ETag.loads(field)
    assert etag == tag
    assert etag.is_weak is is_weak
    assert etag.dumps() == field


@pytest.mark.parametrize("field", ["", "a", '"a', 'w/"a"', '"a"b"', '"a\n"', '"a b"'])
def test_what_is_no_tag_is_a_value_error(field: str) -> None:
    with pytest.raises(ValueError, match="not an entity tag"):
        ETag.loads(field)


def test_only_strong_tags_compare_strongly() -> None:
    strong, weak = ETag("a"), ETag("a", is_weak=True)
    assert strong.strong_compare(ETag("a"))
    assert not strong.strong_compare(weak)
    assert not weak.strong_compare(weak)
    assert not strong.strong_compare(ETag("b"))


@pytest.mark.parametrize(
    ("field", "tags"),
    [
        ('"a"', ["a"]),
        ('"a", W/"b","c"', ["a", "b", "c"]),
        (' "a,b" , ', ["a,b"]),
        ("*", ["*"]),
        (" * ", ["*"]),
        ("", None),
        (",", None),
        ("a", None),
        ('"a" "b"', None),
        ('"a", b', None),
        ('"a', None),
    ],
)
def test_a_list_is_read_whole_or_not_at_all(field: str, tags: list[str] | None) -> None:
    assert parse_etags(field) == tags


@pytest.mark.parametrize("field", [" " * 90_000 + "x", '"' * 50_001, '"a",' * 9_999 + "x"])
def test_a_hostile_list_takes_no_more_than_linear_time(field: str) -> None:
    began = time.process_time()
    assert parse_etags(field) is None
    # Quadratic time would be half a minute.
    assert time.process_time() - began < 5


def test_a_request_has_the_tags_of_its_conditions() -> None:
    request = make_request(headers={"If-Match": '"a"', "If-None-Match": 'W/"b", "c"'})
    assert request.if_match == ["a"]
    assert request.if_none_match == ["b", "c"]
    assert request.if_none_match[0].is_weak
    assert make_request().if_match is None
