"""The header fields of a response."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from anyws import Response
from anyws.http.etags import ETag
from tests.http.exchanges import make_response

MOMENT = datetime(1994, 11, 6, 8, 49, 37, tzinfo=UTC)
DATE = "Sun, 06 Nov 1994 08:49:37 GMT"


def test_headers_are_set_appended_to_and_deleted_in_any_case() -> None:
    response = make_response()
    response.set_header("X-A", "1")
    response.append_header("x-a", "2")
    response.append_header("X-B", "3")
    assert response.get_header("X-a") == "1, 2"
    assert response.headers == {"x-a": "1, 2", "x-b": "3"}
    response.set_header("x-A", "4")
    response.delete_header("X-B")
    response.delete_header("X-C")
    assert response.headers == {"x-a": "4"}
    assert response.get_header("X-B") is None
    assert response.get_header("X-B", "d") == "d"


@pytest.mark.parametrize("headers", [{"A": "1", "B": "2"}, iter([("A", "1"), ("B", "2")])])
def test_several_headers_are_set_from_a_mapping_or_pairs(headers: Any) -> None:
    response = make_response()
    response.set_headers(headers)
    assert response.headers == {"a": "1", "b": "2"}


def test_of_several_headers_none_is_set_where_one_is_refused() -> None:
    response = make_response()
    with pytest.raises(ValueError, match="control character"):
        response.set_headers({"A": "1", "B": "\n"})
    assert response.headers == {}


SETTERS: list[Callable[[Response, str], Any]] = [
    lambda response, value: response.set_header("X", value),
    lambda response, value: response.append_header("X", value),
    lambda response, value: response.append_header("Set-Cookie", value),
    lambda response, value: response.set_headers({"X": value}),
    lambda response, value: response.append_link("/x", "next", title=value),
    lambda response, value: response.append_link(value, "next"),
    lambda response, value: response.append_link("/x", value),
    lambda response, value: response.append_link("/x", "next", anchor=value),
    lambda response, value: response.append_link("/x", "next", hreflang=value),
    *[
        (lambda response, value, name=name: setattr(response, name, value))
        for name in (
            "cache_control",
            "content_location",
            "content_range",
            "content_type",
            "downloadable_as",
            "expires",
            "last_modified",
            "location",
            "retry_after",
            "vary",
            "viewable_as",
            "accept_ranges",
            "etag",
        )
    ],
]


@pytest.mark.parametrize("setter", SETTERS)
@pytest.mark.parametrize("value", ["a\rb", "a\nb", "a\x00b", "a\r\nX: 1"])
def test_values_with_cr_lf_or_nul_are_refused_everywhere(
    setter: Callable[[Response, str], Any], value: str
) -> None:
    response = make_response()
    with pytest.raises(ValueError):
        setter(response, value)
    assert response.headers == {}
    assert response.set_cookie_values == []


@pytest.mark.parametrize("method", ["set_header", "append_header"])
@pytest.mark.parametrize("name", ["", "a b", "a\r\nb", "a\x00", "a:"])
def test_names_that_are_no_tokens_are_refused(method: str, name: str) -> None:
    with pytest.raises(ValueError, match="cannot be the name"):
        getattr(make_response(), method)(name, "1")


@pytest.mark.parametrize("value", [1, None, b"1"])
def test_values_are_str(value: Any) -> None:
    with pytest.raises(TypeError, match="is a str"):
        make_response().set_header("X", value)


def test_cookies_are_appended_as_headers_of_their_own() -> None:
    response = make_response()
    response.set_cookie("a", "1", secure=False, http_only=False, same_site=None)
    response.append_header("Set-Cookie", "b=2")
    response.append_header("set-cookie", "c=3")
    assert response.set_cookie_values == ["a=1", "b=2", "c=3"]
    assert response.get_header("Set-Cookie") is None


@pytest.mark.parametrize(
    "call",
    [
        lambda response: response.set_header("Set-Cookie", "a=1"),
        lambda response: response.set_headers({"set-cookie": "a=1"}),
        lambda response: response.delete_header("Set-Cookie"),
    ],
)
def test_cookies_are_not_set_or_deleted_as_headers(call: Callable[[Response], None]) -> None:
    with pytest.raises(ValueError, match=r"use set_cookie\(\)"):
        call(make_response())


@pytest.mark.parametrize(
    ("name", "value", "header", "text"),
    [
        ("cache_control", "no-store", "Cache-Control", "no-store"),
        ("cache_control", ["private", "max-age=5"], "Cache-Control", "private, max-age=5"),
        ("content_length", 5, "Content-Length", "5"),
        ("content_length", "5", "Content-Length", "5"),
        ("content_location", "/caf\xe9", "Content-Location", "/caf%C3%A9"),
        ("content_range", (0, 9, 100), "Content-Range", "bytes 0-9/100"),
        ("content_range", (0, 9, "*", "items"), "Content-Range", "items 0-9/*"),
        ("content_range", "bytes */5", "Content-Range", "bytes */5"),
        ("content_type", "text/html", "Content-Type", "text/html"),
        ("etag", "a", "ETag", '"a"'),
        ("etag", '"a"', "ETag", '"a"'),
        ("etag", 'W/"a"', "ETag", 'W/"a"'),
        ("etag", ETag("a", is_weak=True), "ETag", 'W/"a"'),
        ("expires", MOMENT, "Expires", DATE),
        ("expires", "0", "Expires", "0"),
        ("last_modified", MOMENT, "Last-Modified", DATE),
        ("location", "/a b?x=%20#f", "Location", "/a%20b?x=%20#f"),
        ("location", "https://h/\u20ac", "Location", "https://h/%E2%82%AC"),
        ("retry_after", 5, "Retry-After", "5"),
        ("retry_after", MOMENT, "Retry-After", DATE),
        ("vary", "*", "Vary", "*"),
        ("vary", ("Accept", "Origin"), "Vary", "Accept, Origin"),
        ("accept_ranges", "bytes", "Accept-Ranges", "bytes"),
        ("downloadable_as", "a.txt", "Content-Disposition", 'attachment; filename="a.txt"'),
        ("viewable_as", 'a"\\.txt', "Content-Disposition", r'inline; filename="a\"\\.txt"'),
        (
            "downloadable_as",
            "caf\xe9 \u20ac.txt",
            "Content-Disposition",
            "attachment; filename=\"cafe_ _.txt\"; filename*=UTF-8''caf%C3%A9%20%E2%82%AC.txt",
        ),
    ],
)
def test_a_header_property_writes_its_header(
    name: str, value: Any, header: str, text: str
) -> None:
    response = make_response()
    setattr(response, name, value)
    assert response.headers == {header.lower(): text}
    assert getattr(response, name) == text
    setattr(response, name, None)
    assert response.headers == {}
    setattr(response, name, value)
    delattr(response, name)
    assert getattr(response, name) is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("content_length", -1),
        ("content_length", "x"),
        ("content_length", True),
        ("retry_after", -5),
        ("etag", 'a"b'),
        ("etag", "a b"),
        ("etag", "\u20ac"),
        ("content_type", "\u20ac"),
    ],
)
def test_a_value_that_can_never_be_sent_is_refused(name: str, value: Any) -> None:
    response = make_response()
    with pytest.raises(ValueError):
        setattr(response, name, value)
    assert response.headers == {}


def test_a_header_property_says_what_it_is_for() -> None:
    assert "entity tag" in (Response.etag.__doc__ or "")


def test_a_link_has_its_target_and_its_relation() -> None:
    response = make_response()
    response.append_link("/caf\xe9", "next")
    response.append_link("/b", "prev https://example.com/\xe9")
    assert response.get_header("Link") == (
        '</caf%C3%A9>; rel=next, </b>; rel="prev https://example.com/%C3%A9"'
    )


def test_a_link_has_every_parameter() -> None:
    response = make_response()
    response.append_link(
        "/a",
        "alternate",
        title='x"y',
        title_star=("de", "\xfc"),
        anchor="#f",
        hreflang=("de", "en"),
        type_hint="text/html",
        crossorigin="Anonymous",
        link_extension=[("k", "v")],
    )
    assert response.get_header("Link") == (
        '</a>; rel=alternate; title="x\\"y"; title*=UTF-8\'de\'%C3%BC; type="text/html"; '
        'hreflang=de; hreflang=en; anchor="#f"; crossorigin; k="v"'
    )


def test_a_link_may_need_credentials() -> None:
    response = make_response()
    response.append_link("/a", "preload", crossorigin="use-credentials", hreflang="de")
    assert response.get_header("Link") == (
        '</a>; rel=preload; hreflang=de; crossorigin="use-credentials"'
    )
    with pytest.raises(ValueError, match="'anonymous' or 'use-credentials'"):
        response.append_link("/a", "preload", crossorigin="yes")
