"""The request as a whole: what it is made of, and what it leaves alone."""

from __future__ import annotations

import copy
import gc
import inspect
import weakref

import pytest

from anyws import HTTPInvalidHeader, Request, RequestOptions, UnsupportedError
from tests.http.exchanges import Server, make_request, make_scope, raw


def test_a_request_of_http_has_its_method() -> None:
    request = make_request(method="PATCH")
    assert request.method == "PATCH"
    assert request.is_websocket is False
    assert repr(request) == "<Request PATCH '/'>"


def test_the_handshake_of_a_websocket_is_a_get() -> None:
    scope = make_scope("websocket", headers=raw({"X-A": "1"}), query_string=b"a=1")
    request = Request(scope, Server().receive, options=RequestOptions())
    assert request.is_websocket is True
    assert request.method == "GET"
    assert request.scheme == "ws"
    assert request.get_header("X-A") == "1"
    assert request.get_param("a") == "1"


def test_a_websocket_has_no_stream() -> None:
    with pytest.raises(UnsupportedError, match="receive messages from ws"):
        _ = make_request(type="websocket").stream


def test_a_stream_of_unreadable_length_is_a_400() -> None:
    with pytest.raises(HTTPInvalidHeader):
        _ = make_request(headers={"Content-Length": "x"}).stream


def test_everything_that_is_looked_at_twice_is_the_same_object() -> None:
    request = make_request()
    for name in ("headers", "params", "cookies", "context", "stream", "incoming", "state"):
        assert getattr(request, name) is getattr(request, name)


def test_the_scope_is_not_modified() -> None:
    scope = make_scope(headers=raw({"Cookie": "a=1"}), query_string=b"a=1", client=["h", 1])
    before = copy.deepcopy(scope)
    request = Request(scope, Server().receive, options=RequestOptions())
    request.path = "/other"
    request.state = {"db": 1}
    _ = request.headers, request.params, request.cookies, request.uri, request.remote_addr
    assert request.scope is scope
    assert scope == before


def test_nothing_is_worked_out_before_somebody_looks() -> None:
    assert not vars(make_request(query_string=b"\xff", headers={"Host": "///"}))


def test_the_context_takes_any_attribute() -> None:
    request = make_request()
    request.context.user = "u"
    assert request.context.user == "u"
    assert not hasattr(request.context, "other")


def test_the_state_is_the_one_of_the_lifespan() -> None:
    assert make_request(state={"db": 1}).state == {"db": 1}
    assert make_request().state == {}


def test_the_template_is_known_after_routing() -> None:
    request = make_request()
    assert request.uri_template is None
    request.uri_template = "/{x}"
    assert request.uri_template == "/{x}"


def test_a_request_is_hashable_and_can_be_weakly_referenced() -> None:
    request = make_request()
    assert {request: 1}[request] == 1
    reference = weakref.ref(request)
    del request
    gc.collect()
    assert reference() is None


def test_a_lazy_property_says_on_the_class_what_it_is() -> None:
    assert "header fields" in (Request.headers.__doc__ or "")


def test_the_signature_of_get_media_says_that_nothing_is_the_default() -> None:
    assert "default_when_empty: 'object' = UNSET" in str(inspect.signature(Request.get_media))
