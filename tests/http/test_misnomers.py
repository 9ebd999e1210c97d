"""Names that requests and responses have elsewhere."""

from __future__ import annotations

from typing import Any

import pytest

from anyws import Request, Response
from tests.http.exchanges import make_request, make_response


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("json", "await req.get_media()"),
        ("form", "await req.get_media()"),
        ("body", "await req.stream.readall()"),
        ("bounded_stream", "req.stream"),
        ("query_params", "req.params"),
        ("path_params", "arguments of the responder"),
        ("client", "req.remote_addr"),
    ],
)
def test_what_requests_have_elsewhere_is_named_with_what_takes_its_place(
    name: str, remedy: str
) -> None:
    request = make_request()
    assert not hasattr(request, name)
    with pytest.raises(AttributeError) as caught:
        getattr(request, name)
    assert str(caught.value).startswith(f"Request has no attribute {name!r}: ")
    assert remedy in str(caught.value)


def test_a_program_may_keep_something_of_its_own_under_such_a_name() -> None:
    class Parsed(Request):
        json = "mine"

    request: Any = make_request()
    request.json = {"a": 1}
    assert request.json == {"a": 1}
    assert Parsed.json == "mine"


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("body", "set resp.text, resp.data or resp.media"),
        ("content", "set resp.text, resp.data or resp.media"),
        ("json", "set resp.media"),
        ("media_type", "set resp.content_type"),
    ],
)
def test_what_responses_have_elsewhere_is_refused_when_it_is_set(name: str, remedy: str) -> None:
    response = make_response()
    expected = f"Response has no attribute {name!r}: {remedy}"
    with pytest.raises(AttributeError, match=expected):
        setattr(response, name, "x")
    with pytest.raises(AttributeError, match=expected):
        getattr(response, name)


def test_a_response_of_the_programs_own_may_have_such_an_attribute() -> None:
    class WithBody(Response):
        body = None

    response = WithBody(options=make_response().options)
    response.body = "x"  # type: ignore[assignment]  # the class says nothing about its type
    assert response.body == "x"


def test_a_header_that_is_set_in_the_copy_is_a_type_error_with_the_remedy() -> None:
    response: Any = make_response()
    response.set_header("X-A", "1")
    with pytest.raises(TypeError, match=r"write resp\.set_header\('X-B', '2'\)$"):
        response.headers["X-B"] = "2"
    with pytest.raises(TypeError, match=r"write resp\.delete_header\('x-a'\)$"):
        del response.headers["x-a"]
    assert response.headers == {"x-a": "1"}


def test_the_headers_of_a_response_stay_as_they_were_when_they_were_looked_at() -> None:
    response = make_response()
    before = response.headers
    response.set_header("X-A", "1")
    assert (before, response.headers) == ({}, {"x-a": "1"})
