"""Scopes as a server makes them."""

from __future__ import annotations

import pytest

from anyws.testing import create_scope, create_scope_ws
from anyws.testing.scopes import merge_headers, split_target


def test_a_request_has_what_the_specification_asks_for() -> None:
    assert create_scope() == {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": "/",
        "raw_path": b"/",
        "query_string": b"",
        "root_path": "",
        "headers": [(b"host", b"localhost")],
        "client": ["127.0.0.1", 49152],
        "server": ["localhost", 80],
    }


def test_a_handshake_has_the_headers_of_one() -> None:
    scope = create_scope_ws("/chat", "a=1", {"X-Test": "1"}, subprotocols=["a", "b"])
    assert scope["type"] == "websocket"
    assert scope["scheme"] == "ws"
    assert scope["subprotocols"] == ["a", "b"]
    assert scope["query_string"] == b"a=1"
    assert scope["extensions"] == {"websocket.http.response": {}}
    headers = dict(scope["headers"])
    assert headers[b"upgrade"] == b"websocket"
    assert headers[b"sec-websocket-version"] == b"13"
    assert headers[b"sec-websocket-protocol"] == b"a, b"
    assert headers[b"x-test"] == b"1"
    assert "method" not in scope


def test_there_is_no_upgrade_in_http_2() -> None:
    headers = dict(create_scope_ws(http_version="2")["headers"])
    assert b"upgrade" not in headers
    assert b"connection" not in headers


def test_the_path_is_decoded_and_the_raw_path_is_not() -> None:
    scope = create_scope("/a%20b/ä%2F")
    assert scope["path"] == "/a b/ä/"
    assert scope["raw_path"] == b"/a%20b/%C3%A4%2F"


def test_a_host_may_carry_a_port() -> None:
    scope = create_scope(host="example.org:8443", scheme="https")
    assert scope["server"] == ["example.org", 8443]
    assert scope["headers"] == [(b"host", b"example.org:8443")]
    assert create_scope(host="example.org", scheme="https")["server"] == ["example.org", 443]
    assert create_scope_ws(host="[::1]:81")["server"] == ["::1", 81]


def test_a_header_replaces_the_one_that_is_sent_by_default() -> None:
    assert create_scope(headers={"Host": "other"})["headers"] == [(b"host", b"other")]


def test_repeated_headers_stay_in_their_order() -> None:
    scope = create_scope(headers=[("a", "1"), ("b", "2"), ("A", "\xff")])
    assert scope["headers"][1:] == [(b"a", b"1"), (b"b", b"2"), (b"a", b"\xff")]


def test_cookies_are_one_header() -> None:
    assert create_scope(cookies={"a": "1", "b": "2"})["headers"][1:] == [(b"cookie", b"a=1; b=2")]


def test_a_version_and_a_client_may_be_left_out() -> None:
    assert create_scope_ws(spec_version=None)["asgi"] == {"version": "3.0"}
    assert create_scope(remote_addr=None)["client"] is None


def test_a_query_may_be_any_bytes() -> None:
    assert create_scope(query_string=b"a=\xff")["query_string"] == b"a=\xff"


@pytest.mark.parametrize("path", ["", "chat", "/chat?a=1"])
def test_a_path_begins_with_a_slash_and_has_no_query(path: str) -> None:
    with pytest.raises(ValueError, match="path="):
        create_scope(path)


def test_default_headers_give_way_to_those_of_the_same_name() -> None:
    merged = merge_headers({"A": "1", "b": "2"}, [("a", "3"), ("a", "4")])
    assert merged == [("b", "2"), ("a", "3"), ("a", "4")]


def test_the_query_comes_from_the_argument_that_has_it() -> None:
    assert split_target("/a", None, None) == ("/a", "")
    assert split_target("/a?b=1?", None, None) == ("/a", "b=1?")
    assert split_target("/a", "b=1", None) == ("/a", "b=1")
    assert split_target("/a", b"\xff", None) == ("/a", b"\xff")
    params = {"b": [1, "x y"], "c": True, "d": (), "e": "ä"}
    assert split_target("/a", None, params) == ("/a", "b=1&b=x+y&c=true&e=%C3%A4")


def test_a_query_that_is_given_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="more than once"):
        split_target("/a?b=1", None, {"c": 2})
