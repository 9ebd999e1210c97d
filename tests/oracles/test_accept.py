"""Content negotiation beside what werkzeug makes of it: RFC 9110, section 12.5.1."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MIMEAccept
from werkzeug.http import dump_options_header, parse_accept_header, parse_options_header

from anyws.http.accept import parse_accept, weight_of
from tests.http.exchanges import make_request

MAINS = st.sampled_from(["text", "Text", "image", "application"])
SUBS = st.sampled_from(["html", "HTML", "png", "vnd.x+json"])
PARAMETERS = st.sampled_from(
    ["", "", "", "charset=utf-8", 'Charset="UTF-8"', "level=1", 'level="a, b;c"']
)


class Media(NamedTuple):
    """A media type without wildcards."""

    main: str
    sub: str
    parameter: str

    @property
    def bare(self) -> str:
        return f"{self.main}/{self.sub}"

    def __str__(self) -> str:
        return f"{self.bare};{self.parameter}" if self.parameter else self.bare


MEDIA = st.builds(Media, MAINS, SUBS, PARAMETERS)
WILDCARDS = MAINS.map("{}/*".format) | st.just("*/*")
WEIGHTS = st.one_of(
    st.just(""),
    st.integers(0, 1000).map(lambda thousandths: f";q={thousandths / 1000}"),
    st.sampled_from(["; q=0", ";q=1.0", "; Q=0.500", ";q=1", "\t;\tq=0.25"]),
)
MISTAKES = st.sampled_from(
    ["nonsense", "*/html", "", "text/html;q=x", "text/html;q=2", "*/*;q=-1", "image/png;q=.5"]
)
ELEMENTS = st.builds("{}{}".format, MEDIA.map(str) | WILDCARDS, WEIGHTS) | MISTAKES
# A field without any element is what the two differ in.
FIELDS = st.lists(ELEMENTS, max_size=6).map(lambda elements: ", ".join([*elements, "a/b;q=0.5"]))


def werkzeug_weight(media: Media, field: str) -> float:
    """Give the weight that werkzeug finds.

    A range without parameters covers a media type that has some (section 12.5.1: "text/plain" and
    "text/plain;format=flowed"). Werkzeug wants the same ones on both sides, and so it is asked for
    the media type without its parameters where no range has them.
    """
    accepted = parse_accept_header(field, MIMEAccept)
    # Werkzeug takes what the application offers as it is, quotes and all.
    plain = dump_options_header(*parse_options_header(str(media)))
    exact = media.parameter and any(
        "*" not in item and MIMEAccept([(item, 1)]).quality(plain) for item in accepted.values()
    )
    return accepted.quality(plain if exact else media.bare)


@settings(max_examples=400, deadline=None)
@given(MEDIA, FIELDS)
@example(Media("text", "html", ""), "text/html;q=0, text/html;q=0.7, */*")
@example(Media("text", "html", ""), "*/*;q=0.7, text/*;q=0")
@example(Media("text", "html", "level=1"), "text/html;level=1;q=0.1, text/html")
def test_a_media_type_weighs_what_it_weighs_for_werkzeug(media: Media, field: str) -> None:
    expected = werkzeug_weight(media, field)
    assert weight_of(str(media), parse_accept(field)) == expected
    request = make_request(headers={"Accept": field})
    assert request.client_accepts(str(media)) is (expected > 0)


@settings(max_examples=400, deadline=None)
@given(st.lists(MEDIA, min_size=1, max_size=5), FIELDS)
def test_the_client_prefers_what_weighs_most_for_werkzeug_and_of_equals_the_first(
    offers: list[Media], field: str
) -> None:
    weights = [werkzeug_weight(media, field) for media in offers]
    preferred = make_request(headers={"Accept": field}).client_prefers(map(str, offers))
    if max(weights) == 0:
        assert preferred is None
    else:
        # Of equals werkzeug takes the one whose range is the most specific, of which the RFC
        # says nothing: that the server's own order counts is easier to reckon with.
        assert preferred == str(offers[weights.index(max(weights))])


@settings(max_examples=300, deadline=None)
@given(st.lists(st.builds(Media, MAINS, SUBS, st.just("")), min_size=1, max_size=5), FIELDS)
def test_without_equals_the_best_match_is_that_of_werkzeug(
    offers: list[Media], field: str
) -> None:
    weights = [werkzeug_weight(media, field) for media in offers]
    names = [str(media) for media in offers]
    if weights.count(max(weights)) == 1:
        expected = parse_accept_header(field, MIMEAccept).best_match(names)
        assert make_request(headers={"Accept": field}).client_prefers(names) == expected


@pytest.mark.parametrize(
    ("field", "media_type", "weight"),
    [
        # An empty field, which a server has to understand (section 5.6.1), excludes nothing.
        ("", "text/html", 1),
        (" ", "text/html", 1),
        # Not in the grammar; Java's HttpURLConnection sends it and means anything.
        ("*; q=0.2", "text/html", 0.2),
        # Section 12.4.2: no more than three digits, which may be none.
        ("text/html;q=0.1234", "text/html", 0),
        ("text/html;q=0.", "text/html", 0),
        ("text/html;q=1.", "text/html", 1),
        ('text/html;q="0.5"', "text/html", 0),
        # Section 12.5.1: the parameters of a range count with wildcards as well, and the range
        # that has more of them is the more specific one.
        ("text/*;level=1", "text/html", 0),
        ("text/*;level=1", "text/html;level=1", 1),
        ("text/html;q=0.3", "text/html;level=1", 0.3),
        ("text/html;a=1;q=0.3, text/html;a=1;b=2;q=0.4", "text/html;b=2;a=1", 0.4),
        ("text/html;a=1", "text/html;b=2", 0),
        # Section 5.6.6: there is no whitespace around the '=', and nothing is gained by refusing.
        ("text/html;level = 1", "text/html;level=1", 1),
        # Section 5.6.4: any character may be escaped.
        (r'text/html;level="\1\""', r'text/html;level="1\""', 1),
    ],
)
def test_the_rfc_counts_where_werkzeug_differs(field: str, media_type: str, weight: float) -> None:
    assert weight_of(media_type, parse_accept(field)) == weight


@pytest.mark.parametrize(
    "spelling",
    [
        "text/html;charset=utf-8",
        'Text/HTML;Charset="utf-8"',
        'text/html; charset="utf-8"',
        "text/html;charset=UTF-8",
    ],
)
def test_the_four_spellings_of_section_8_3_1_are_one_media_type(spelling: str) -> None:
    for other in ("text/html;charset=utf-8", 'Text/HTML; Charset="UTF-8"'):
        assert make_request(headers={"Accept": spelling}).client_accepts(other)
        assert make_request(headers={"Accept": other}).client_accepts(spelling)
