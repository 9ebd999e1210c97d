"""Cookies beside what werkzeug makes of them: RFC 6265."""

from __future__ import annotations

import warnings
from datetime import UTC, datetime
from http.cookies import SimpleCookie
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from werkzeug.http import dump_cookie, parse_cookie

from anyws.http.cookies import format_cookie, parse_cookies
from tests.http.exchanges import make_request, make_response

# Section 4.1.1: what a value consists of, and a name.
OCTETS = "".join(chr(code) for code in range(0x21, 0x7F) if chr(code) not in '",;\\')
TOKENS = "!#$%&'*+-.^_`|~09AZaz"
NAMES = st.text(st.sampled_from(TOKENS), min_size=1, max_size=6)
VALUES = st.text(st.sampled_from(OCTETS), max_size=8)
QUOTED = st.lists(
    st.sampled_from([*"ab ,=", r"\"", r"\\", r"\073", r"\054", r"\012"]), max_size=6
).map(lambda pieces: f'"{"".join(pieces)}"')
BLANKS = st.sampled_from(["", "", " ", "\t"])
PAIRS = st.builds("{}{}{}={}{}{}".format, BLANKS, NAMES, BLANKS, BLANKS, VALUES | QUOTED, BLANKS)
FIELDS = st.lists(PAIRS | st.sampled_from(["", " "]), max_size=5).map(";".join)


def werkzeug_cookies(field: str) -> dict[str, list[str]]:
    return dict(parse_cookie(field).lists())


@settings(max_examples=400, deadline=None)
@given(FIELDS)
@example('a="x\\073\\"y\\\\"; a=2')
@example("a=b=c; a")
@example("=1; a==")
def test_a_cookie_field_is_read_as_by_werkzeug(field: str) -> None:
    # Section 5.2, step 3: what has no '=' is no cookie. For werkzeug it is an empty one.
    expected = werkzeug_cookies(";".join(pair for pair in field.split(";") if "=" in pair))
    assert parse_cookies(field) == expected
    request = make_request(headers={"Cookie": field})
    assert request.cookies == {name: values[0] for name, values in expected.items()}


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(min_codepoint=0xA1, exclude_categories=["Cs"]), max_size=8), NAMES)
def test_octets_beyond_ascii_are_kept_as_they_are(text: str, name: str) -> None:
    field = f"{name}={text}".encode().decode("latin-1")
    ((value,),) = parse_cookies(field).values()
    # RFC 9110, section 5.5, has them as opaque; like every header they are in Latin-1, which
    # loses nothing. Werkzeug takes them for UTF-8.
    assert [value.encode("latin-1").decode()] == werkzeug_cookies(field)[name]


@pytest.mark.parametrize(
    ("field", "cookies"),
    [
        # Section 4.1.1: a semicolon ends a value, be it between quotes. If it did not, a cookie
        # that an attacker has set with a quote would hide, and take in, those that follow.
        ('a="x; session=secret; b=y"', {"a": ['"x'], "session": ["secret"], "b": ['y"']}),
        # Section 5.2 takes off the whitespace around a name and a value and leaves all else, so
        # that no site can lock out a client by a cookie for the whole domain. Werkzeug drops them.
        ("a=x y", {"a": ["x y"]}),
        ('a=x"y', {"a": ['x"y']}),
        ('a="x', {"a": ['"x']}),
        ("a b=1", {"a b": ["1"]}),
        # Section 5.2, steps 3 and 5.
        ("a; b=1", {"b": ["1"]}),
        ("=1; b=1", {"b": ["1"]}),
    ],
)
def test_the_rfc_counts_where_werkzeug_differs(field: str, cookies: dict[str, list[str]]) -> None:
    assert parse_cookies(field) == cookies


def set_cookie(name: str, value: str, **attributes: Any) -> str:
    options = {"secure": False, "http_only": False, "same_site": None, "partitioned": False}
    return format_cookie(name, value, **(options | attributes))


ASCII = st.text(st.characters(max_codepoint=0x7F), max_size=12)


@settings(max_examples=400, deadline=None)
@given(NAMES, VALUES | ASCII)
@example("a", "")
@example("a", '"quoted"')
@example("a", "dG9rZW4=/+==")
def test_a_value_is_written_so_that_werkzeug_and_the_standard_library_read_it(
    name: str, value: str
) -> None:
    pair = set_cookie(name, value)
    assert werkzeug_cookies(pair) == parse_cookies(pair) == {name: [value]}
    loaded = SimpleCookie(pair)
    if name in loaded:
        # Some characters of a token are too many for it.
        assert loaded[name].value == value


@settings(max_examples=400, deadline=None)
@given(NAMES, VALUES | ASCII)
def test_what_werkzeug_writes_is_read(name: str, value: str) -> None:
    assert parse_cookies(dump_cookie(name, value, path=None)) == {name: [value]}


@settings(max_examples=200, deadline=None)
@given(NAMES, st.text(st.sampled_from(OCTETS), min_size=1, max_size=12))
def test_a_value_that_needs_no_quotes_gets_none(name: str, value: str) -> None:
    assert set_cookie(name, value) == dump_cookie(name, value, path=None) == f"{name}={value}"


def test_an_empty_value_is_written_as_a_pair_of_quotes() -> None:
    # Section 4.1.1 allows either.
    assert set_cookie("a", "") == 'a=""'
    assert werkzeug_cookies('a=""') == werkzeug_cookies("a=") == {"a": [""]}


def attributes_of(cookie: str) -> dict[str, str]:
    """Give the attributes by name: their order means nothing (section 5.2)."""
    pairs = [attribute.partition("=") for attribute in cookie.split("; ")[1:]]
    assert len({name for name, _, _ in pairs}) == len(pairs)
    return {name: value for name, _, value in pairs}


@settings(max_examples=200, deadline=None)
@given(
    expires=st.none() | st.datetimes(datetime(1601, 1, 1), datetime(9999, 1, 1)),
    max_age=st.none() | st.integers(-1, 10**9),
    domain=st.none() | st.sampled_from(["localhost", "example.com", "a.example.com"]),
    path=st.none() | st.sampled_from(["/", "/x/y", "/%20", "/a+b@c"]),
    secure=st.booleans(),
    http_only=st.booleans(),
    same_site=st.none() | st.sampled_from(["lax", "Strict", "NONE"]),
)
def test_attributes_are_written_as_by_werkzeug(
    expires: datetime | None,
    max_age: int | None,
    domain: str | None,
    path: str | None,
    secure: bool,
    http_only: bool,
    same_site: str | None,
) -> None:
    ours = set_cookie(
        "a",
        "1",
        expires=expires,
        max_age=max_age,
        domain=domain,
        path=path,
        secure=secure,
        http_only=http_only,
        same_site=same_site,
    )
    theirs = dump_cookie(
        "a",
        "1",
        expires=expires,
        max_age=max_age,
        domain=domain,
        path=path,
        secure=secure,
        httponly=http_only,
        samesite=same_site,
        sync_expires=False,
    )
    assert attributes_of(ours) == attributes_of(theirs)


@pytest.mark.parametrize("attribute", ["path", "domain"])
@pytest.mark.parametrize("value", ["/a;b", "/caf\xe9", "/\n"])
def test_an_attribute_that_cannot_be_sent_is_refused_and_not_changed(
    attribute: str, value: str
) -> None:
    # Werkzeug percent-encodes a path, which would then match no request, or another one.
    with pytest.raises(ValueError, match=f"{attribute}="):
        set_cookie("a", "1", **{attribute: value})


def test_a_date_is_only_sent_if_there_is_one() -> None:
    # Section 5.3: Max-Age has precedence. Werkzeug adds a date for the browsers of 2010.
    assert attributes_of(set_cookie("a", "1", max_age=60)) == {"Max-Age": "60"}


def test_a_cookie_is_forgotten_as_with_werkzeug() -> None:
    response = make_response()
    response.unset_cookie("a", path="/x", domain="example.com")
    ours = attributes_of(response.set_cookie_values[0])
    theirs = attributes_of(
        dump_cookie(
            "a",
            expires=datetime(1970, 1, 1, tzinfo=UTC),
            max_age=0,
            path="/x",
            domain="example.com",
        )
    )
    # The further ones are those that the cookie was set with by default.
    assert {name: ours[name] for name in theirs} == theirs


def test_a_cookie_that_is_too_large_for_browsers_is_sent_all_the_same() -> None:
    # Section 6.1 says what browsers have to keep at least. Werkzeug warns.
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert len(set_cookie("a", "x" * 5000)) == 5002
