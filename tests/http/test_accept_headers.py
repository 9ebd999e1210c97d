"""The headers that go with the accept of a WebSocket."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from anyws.headers import Headers, encode_accept_headers


def test_pairs_keep_their_order_and_repeated_names() -> None:
    headers = [("Set-Cookie", "a=1"), ("X-Y", "2"), ("set-cookie", "b=3")]
    assert encode_accept_headers(headers) == [
        (b"set-cookie", b"a=1"),
        (b"x-y", b"2"),
        (b"set-cookie", b"b=3"),
    ]


class Multi:
    def items(self) -> Iterator[tuple[str, str]]:
        yield "A", "1"
        yield "a", "2"


@pytest.mark.parametrize(
    "headers",
    [
        {"A": "1", "a": "2"},
        iter([("A", "1"), ("a", "2")]),
        (pair for pair in [("A", "1"), ("a", "2")]),
        [["A", "1"], ["a", "2"]],
        Multi(),
    ],
    ids=["mapping", "iterator", "generator", "lists", "items()"],
)
def test_headers_come_from_anything_that_gives_pairs(headers: Any) -> None:
    assert encode_accept_headers(headers) == [(b"a", b"1"), (b"a", b"2")]


def test_the_headers_of_a_request_can_be_sent_back() -> None:
    assert encode_accept_headers(Headers([(b"X", b"1")])) == [(b"x", b"1")]


@pytest.mark.parametrize("pair", [("\xe9", "1"), ("a", "\xe9"), ("\u212a", "1"), ("a", "\u20ac")])
def test_what_is_not_ascii_is_a_unicode_encode_error(pair: tuple[str, str]) -> None:
    with pytest.raises(UnicodeEncodeError):
        encode_accept_headers([pair])


@pytest.mark.parametrize("pair", [(b"a", "1"), ("a", b"1"), ("a", 1), (None, "1")])
def test_what_is_not_str_is_a_type_error(pair: tuple[str, str]) -> None:
    with pytest.raises(TypeError, match="are str"):
        encode_accept_headers([pair])


@pytest.mark.parametrize(
    "headers", [["ab"], [("a",)], [("a", "1", "2")], [None], "ab", [{"a", "b"}]]
)
def test_what_are_no_pairs_is_a_value_error(headers: Any) -> None:
    with pytest.raises(ValueError, match=r"must be \(name, value\) pairs"):
        encode_accept_headers(headers)


def test_what_cannot_be_iterated_is_a_type_error() -> None:
    with pytest.raises(TypeError, match="must be an iterable"):
        encode_accept_headers(42)  # type: ignore[arg-type]  # this is what is tested


@pytest.mark.parametrize("name", ["sec-websocket-protocol", "Sec-WebSocket-Protocol"])
def test_the_subprotocol_is_not_a_header(name: str) -> None:
    with pytest.raises(ValueError, match="pass subprotocol="):
        encode_accept_headers({name: "chat"})


@pytest.mark.parametrize("name", ["", "a b", "a:", ":a", "a\r\nb", "a\x00"])
def test_names_that_are_no_tokens_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match="cannot be the name of a header"):
        encode_accept_headers([(name, "1")])


@pytest.mark.parametrize("value", ["a\rb", "a\nb", "a\x00b", "a\r\nX: 1"])
def test_values_with_control_characters_are_refused(value: str) -> None:
    with pytest.raises(ValueError, match="control character"):
        encode_accept_headers([("a", value)])
