"""Entity tags beside what werkzeug makes of them: RFC 9110, section 8.8.3."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.http import parse_etags as werkzeug_parse_etags
from werkzeug.http import quote_etag, unquote_etag

from anyws.http.etags import ANY_TAG, ETag, parse_etags

# What may stand between the quotes, commas and what looks like another tag among it.
TAG_TEXTS = st.text(st.sampled_from("ab,*W/;=\\\x21\x7e\x80\xff"), max_size=6) | st.text(
    st.characters(min_codepoint=0x23, max_codepoint=0x7E), max_size=6
)
TAGS = st.builds(lambda text, weak: ETag(text, is_weak=weak), TAG_TEXTS, st.booleans())
COMMAS = st.sampled_from([",", ", ", " ,", "\t,\t", ",,", ", ,"])


@settings(max_examples=200, deadline=None)
@given(TAGS)
def test_a_tag_is_written_and_read_as_by_werkzeug(tag: ETag) -> None:
    written = quote_etag(tag, weak=tag.is_weak)
    assert tag.dumps() == written
    read = ETag.loads(written)
    assert (read, read.is_weak) == unquote_etag(written) == (tag, tag.is_weak)


@settings(max_examples=300, deadline=None)
@given(st.lists(TAGS, min_size=1, max_size=5), COMMAS)
def test_a_list_of_tags_is_read_as_werkzeug_reads_it(tags: list[ETag], comma: str) -> None:
    field = comma.join(tag.dumps() for tag in tags)
    read = parse_etags(field)
    assert read is not None
    assert [(tag, tag.is_weak) for tag in read] == [(tag, tag.is_weak) for tag in tags]
    # An empty tag is None for werkzeug.
    strong = {text or "" for text in werkzeug_parse_etags(field).as_set()}
    assert {tag for tag in read if not tag.is_weak} == strong


@settings(max_examples=300, deadline=None)
@given(st.lists(TAGS, min_size=1, max_size=4), TAGS)
def test_tags_compare_as_for_werkzeug(tags: list[ETag], wanted: ETag) -> None:
    field = ", ".join(tag.dumps() for tag in tags)
    found = werkzeug_parse_etags(field)
    read = parse_etags(field)
    assert read is not None
    strong = ETag(wanted)
    # Werkzeug compares an empty tag with nothing.
    if wanted:
        assert (strong in read) is found.contains_weak(wanted)
        assert any(tag.strong_compare(strong) for tag in read) is found.is_strong(wanted)


@pytest.mark.parametrize("field", ["*", " *", "*\t"])
def test_a_star_is_any_tag_with_blanks_around_it_as_well(field: str) -> None:
    # Section 5.5: whitespace around a value is none of it. Werkzeug leaves that to the server.
    assert parse_etags(field) == [ANY_TAG]
    assert werkzeug_parse_etags(field.strip()).star_tag


def test_a_tag_that_is_a_star_in_quotes_is_not_any_tag() -> None:
    for field in ('"*"', 'W/"*"'):
        read = parse_etags(field)
        assert read == ["*"]
        assert read[0] is not ANY_TAG
        assert not werkzeug_parse_etags(field).star_tag
    assert parse_etags("*") == ["*"]


@pytest.mark.parametrize(
    "field",
    [
        # Section 8.8.3: the quotes are part of a tag, 'W/' is in upper case, and nothing but
        # commas stands between two of them. Werkzeug picks out what it can read.
        "a",
        '"a", b',
        'w/"a"',
        '"a" "b"',
        'W/ "a"',
        '"a',
        '*, "a"',
        '"a b"',
        '"a\tb"',
    ],
)
def test_a_list_with_a_mistake_is_none_where_werkzeug_picks_from_it(field: str) -> None:
    assert parse_etags(field) is None
