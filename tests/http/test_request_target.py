"""Where a request went, and where it came from."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest

from anyws import HTTPInvalidHeader, RequestOptions
from anyws.http.authority import parse_authority
from tests.http.exchanges import make_request


def test_the_path_is_the_one_of_the_scope() -> None:
    assert make_request("/a b/\xe9").path == "/a b/\xe9"
    assert make_request("//x/").path == "//x/"
    assert make_request("").path == "/"


@pytest.mark.parametrize(("path", "stripped"), [("/x/", "/x"), ("/x//", "/x/"), ("/", "/")])
def test_one_slash_at_the_end_is_stripped_where_it_is_asked_for(path: str, stripped: str) -> None:
    options = RequestOptions(strip_url_path_trailing_slash=True)
    assert make_request(path, options=options).path == stripped


def test_the_uri_follows_the_path() -> None:
    request = make_request(
        "/a b", query_string=b"x=1%20", headers={"Host": "example.com:8000"}, scheme="https"
    )
    assert request.relative_uri == "/a%20b?x=1%20"
    assert request.uri == request.url == "https://example.com:8000/a%20b?x=1%20"
    request.path = "/c"
    assert request.relative_uri == "/c?x=1%20"
    assert request.uri == "https://example.com:8000/c?x=1%20"


def test_no_decoded_character_breaks_out_of_the_uri() -> None:
    request = make_request("/a\r\nX: 1?#%/\xe9", query_string=b"a=\xc3\xa9 b")
    assert request.relative_uri == "/a%0D%0AX:%201%3F%23%25/%C3%A9?a=%C3%A9%20b"


@pytest.mark.parametrize("path", ["/app/x", "/x"])
def test_the_uri_has_the_root_path_once_whatever_the_server_does(path: str) -> None:
    request = make_request(path, root_path="/app", headers={"Host": "h"})
    assert request.root_path == "/app"
    assert request.prefix == "http://h/app"
    assert request.uri == "http://h/app/x"


@pytest.mark.parametrize(
    ("field", "scheme", "host", "port", "netloc"),
    [
        ("example.com", "http", "example.com", 80, "example.com"),
        ("example.com", "wss", "example.com", 443, "example.com"),
        ("example.com:80", "http", "example.com", 80, "example.com"),
        ("example.com:80", "https", "example.com", 80, "example.com:80"),
        ("example.com:", "http", "example.com", 80, "example.com"),
        ("[::1]:8000", "http", "::1", 8000, "[::1]:8000"),
        ("[::1]", "http", "::1", 80, "[::1]"),
        ("127.0.0.1:9", "http", "127.0.0.1", 9, "127.0.0.1:9"),
    ],
)
def test_the_host_header_says_host_and_port(
    field: str, scheme: str, host: str, port: int, netloc: str
) -> None:
    request = make_request(headers={"Host": field}, scheme=scheme)
    assert (request.host, request.port, request.netloc) == (host, port, netloc)


def test_without_a_host_header_the_server_says_so() -> None:
    request = make_request(server=("10.0.0.1", 8000))
    assert (request.host, request.port, request.netloc) == ("10.0.0.1", 8000, "10.0.0.1:8000")
    request = make_request(server=["/run/app.sock", None], headers={"Host": ""})
    assert (request.host, request.port) == ("/run/app.sock", None)
    assert make_request().netloc == "localhost"


@pytest.mark.parametrize(
    "field",
    ["a b", "a/b", "user@host", "a:b", "::1", "a:99999", "a, b", "[::1", "\xe9", "a\n", ":80"],
)
def test_a_host_header_that_is_no_host_is_a_400(field: str) -> None:
    request = make_request(headers={"Host": field})
    for name in ("host", "port", "netloc", "uri", "prefix"):
        with pytest.raises(HTTPInvalidHeader, match="Host"):
            getattr(request, name)
    assert request.relative_uri == "/"


def test_a_port_has_five_digits_at_most() -> None:
    with pytest.raises(ValueError, match="65535"):
        parse_authority("a:65536")
    assert parse_authority("a:65535").port == 65535


@pytest.mark.parametrize(("kind", "scheme"), [("http", "http"), ("websocket", "ws")])
def test_the_scheme_has_a_default(kind: str, scheme: str) -> None:
    assert make_request(type=kind).scheme == scheme
    assert make_request(type=kind, scheme="x").scheme == "x"


@pytest.mark.parametrize("make", [list, tuple, iter], ids=["list", "tuple", "one-shot iterator"])
def test_client_and_server_come_in_any_form(make: Callable[[Iterable[Any]], Any]) -> None:
    request = make_request(client=make(["10.0.0.9", 5]), server=make(["10.0.0.1", 80]))
    for _ in range(2):
        assert request.client_address == ("10.0.0.9", 5)
        assert request.remote_addr == "10.0.0.9"
        assert request.access_route == ["10.0.0.9"]
        assert request.netloc == "10.0.0.1"


@pytest.mark.parametrize("client", [None, [], ("", 0), (None, None)])
def test_an_unknown_client_is_none(client: Any) -> None:
    request = make_request(client=client)
    assert request.client_address is None
    assert request.remote_addr is None
    assert request.access_route == []
