"""The header fields of a request, and the checks on those of a response."""

from __future__ import annotations

from typing import Any

import pytest

from anyws import UnsupportedScopeError
from anyws.headers import Headers, check_header, encode_header, read_field


def test_names_are_in_lower_case_and_found_in_any_case() -> None:
    headers = Headers([(b"Content-Type", b"text/plain"), (b"x-y", b"1")])
    assert list(headers) == ["content-type", "x-y"]
    assert headers["content-type"] == headers["Content-TYPE"] == "text/plain"
    assert "X-Y" in headers
    assert "x-z" not in headers
    assert headers.get("x-z") is None
    assert len(headers) == 2


def test_repeated_headers_are_joined_with_commas() -> None:
    assert Headers([(b"accept", b"a"), (b"x", b"1"), (b"Accept", b"b")])["accept"] == "a, b"


def test_repeated_cookie_headers_are_joined_with_semicolons() -> None:
    assert Headers([(b"cookie", b"a=1"), (b"cookie", b"b=2")])["cookie"] == "a=1; b=2"


def test_values_are_latin_1() -> None:
    assert Headers([(b"x", b"\xe9\xff")])["x"] == "\xe9\xff"


def test_the_pairs_may_come_from_an_iterator_and_may_be_lists() -> None:
    headers = Headers(iter([[b"x", b"1"]]))
    assert dict(headers) == {"x": "1"}
    assert headers["x"] == "1"


def test_headers_are_equal_to_a_dict_and_cannot_be_changed() -> None:
    headers = Headers([(b"x", b"1")])
    assert headers == {"x": "1"}
    with pytest.raises(TypeError):
        headers["x"] = "2"  # type: ignore[index]  # this is what is tested


def test_the_pairs_of_the_scope_are_left_as_they_are() -> None:
    raw = [(b"X", b"1"), (b"X", b"2")]
    dict(Headers(raw))
    assert raw == [(b"X", b"1"), (b"X", b"2")]


@pytest.mark.parametrize(
    ("name", "value"), [("origin", "null"), ("accept", "a, b"), ("cookie", None)]
)
def test_one_field_is_read_as_among_all_of_them(name: str, value: str | None) -> None:
    raw = [(b"Accept", b"a"), (b"Origin", b"null"), (b"accept", b"b")]
    assert read_field(raw, name) == Headers(raw).get(name) == value


@pytest.mark.parametrize("raw", [[b"origin"], [("origin", "null")], [(b"origin", None)], [None]])
def test_one_field_of_malformed_headers_is_an_error(raw: list[Any]) -> None:
    with pytest.raises(UnsupportedScopeError):
        read_field(raw, "origin")


@pytest.mark.parametrize("value", ["", "a\tb", "caf\xe9", "a b"])
def test_a_response_may_carry_printable_text_tabs_and_latin_1(value: str) -> None:
    check_header("X-Thing", value)


@pytest.mark.parametrize(
    "value", ["a\rb", "a\nb", "a\x00b", "a\r\nSet-Cookie: x=1", "\x7f", "\x1b"]
)
def test_values_with_control_characters_are_refused(value: str) -> None:
    with pytest.raises(ValueError, match="'X-Thing' has the control character"):
        check_header("X-Thing", value)


def test_values_beyond_latin_1_are_refused() -> None:
    with pytest.raises(ValueError, match="percent-encode it"):
        check_header("X-Thing", "\u20ac")


@pytest.mark.parametrize(
    "name", ["", "a b", "a:", "a\n", "a\x00", "(a)", "\xe9", "\u212a", "a\r\nb"]
)
def test_names_that_are_no_tokens_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match="cannot be the name of a header"):
        check_header(name, "1")


@pytest.mark.parametrize(("name", "value"), [(b"a", "1"), ("a", b"1"), ("a", 1), ("a", None)])
def test_names_and_values_are_str(name: str, value: str) -> None:
    with pytest.raises(TypeError, match="str, not"):
        check_header(name, value)


def test_a_header_is_sent_in_lower_case_without_space_around_its_value() -> None:
    assert encode_header("X-Thing", " caf\xe9\t") == (b"x-thing", b"caf\xe9")
