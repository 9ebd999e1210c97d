"""What came back from a request."""

from __future__ import annotations

import json

import pytest

from anyws.testing import Cookie, Result


def test_a_status_line_has_the_registered_phrase() -> None:
    assert Result(200, (), b"").status == "200 OK"
    assert Result(799, (), b"").status == "799"


def test_headers_are_found_in_any_case() -> None:
    result = Result(200, ((b"x-a", b"1"), (b"x-a", b"2")), b"")
    assert result.headers["X-A"] == "1, 2"


def test_text_is_decoded_with_the_charset_of_the_content_type() -> None:
    latin = ((b"content-type", b'text/plain; Charset="iso-8859-1"'),)
    assert Result(200, latin, b"\xe4").text == "ä"
    assert Result(200, (), "ä".encode()).text == "ä"


def test_json_is_parsed_whatever_the_content_type_says() -> None:
    assert Result(200, (), b'{"a": 1}').json == {"a": 1}
    with pytest.raises(json.JSONDecodeError):
        _ = Result(200, (), b"{").json


def test_cookies_are_parsed_with_their_attributes() -> None:
    whole = (
        b"session=abc; Path=/; Domain=a.example; Max-Age=0; SameSite=Lax; "
        b"Expires=Thu, 01 Jan 1970 00:00:00 GMT; Secure; HttpOnly; Partitioned"
    )
    result = Result(
        200, ((b"set-cookie", whole), (b"set-cookie", b'quoted="a\\054b"'), (b"a", b"b")), b""
    )
    assert result.cookies == {
        "session": Cookie(
            "session",
            "abc",
            path="/",
            domain="a.example",
            expires="Thu, 01 Jan 1970 00:00:00 GMT",
            max_age=0,
            same_site="Lax",
            secure=True,
            http_only=True,
            partitioned=True,
        ),
        "quoted": Cookie("quoted", "a,b"),
    }


def test_a_result_shows_what_it_is() -> None:
    assert repr(Result(404, (), b"gone")) == "<Result 404 Not Found, 4 bytes>"
