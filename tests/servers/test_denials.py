"""Handshakes that are refused with a response, as the packages for clients show it."""

from __future__ import annotations

import json

import pytest

from tests.servers.processes import Server
from tests.servers.visitors import VISITORS, Visitor

pytestmark = pytest.mark.parametrize("visitor", VISITORS, ids=str)


def test_a_denial_has_its_status_its_headers_and_its_text(
    limited: Server, visitor: Visitor
) -> None:
    refusal = visitor.be_refused(limited, "/denied/text")
    assert refusal.status == 402
    assert refusal.headers.get_list("X-Why") == ["one", "two"]
    assert refusal.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert refusal.headers["Content-Length"] == "13"
    assert refusal.body.decode() == "pay ☃ first"


def test_a_denial_with_media_is_json(limited: Server, visitor: Visitor) -> None:
    refusal = visitor.be_refused(limited, "/denied/media")
    assert (refusal.status, refusal.headers["Retry-After"]) == (429, "7")
    assert refusal.headers["Content-Type"] == "application/json"
    assert json.loads(refusal.body) == {"wait": [7]}


def test_a_denial_without_a_body_says_so(limited: Server, visitor: Visitor) -> None:
    refusal = visitor.be_refused(limited, "/denied/bare")
    assert (refusal.status, refusal.headers["Content-Length"], refusal.body) == (410, "0", b"")


def test_an_http_error_before_the_accept_is_its_response_where_that_is_asked_for(
    limited: Server, visitor: Visitor
) -> None:
    refusal = visitor.be_refused(limited, "/denied/unauthorized")
    assert (refusal.status, refusal.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert refusal.headers["Content-Type"] == "application/json"
    assert json.loads(refusal.body) == {"title": "Who are you?"}


def test_an_http_error_before_the_accept_is_a_403_otherwise(
    limited: Server, visitor: Visitor
) -> None:
    refusal = visitor.be_refused(limited, "/usual/denied/unauthorized")
    assert (refusal.status, refusal.body) == (403, b"")
    assert "WWW-Authenticate" not in refusal.headers


def test_a_denial_of_the_responders_own_needs_no_option(limited: Server, visitor: Visitor) -> None:
    assert visitor.be_refused(limited, "/usual/denied/bare").status == 410


def test_no_route_is_a_404_where_responses_are_asked_for(
    limited: Server, visitor: Visitor
) -> None:
    refusal = visitor.be_refused(limited, "/nowhere")
    assert refusal.status == 404
    assert json.loads(refusal.body) == {"title": "404 Not Found"}


def test_a_route_without_sockets_is_a_405_that_says_what_there_is(
    limited: Server, visitor: Visitor
) -> None:
    refusal = visitor.be_refused(limited, "/page")
    assert (refusal.status, refusal.headers["Allow"]) == (405, "GET, HEAD, OPTIONS")
    assert json.loads(refusal.body) == {"title": "405 Method Not Allowed"}
