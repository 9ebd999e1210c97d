"""What a request tells in its headers."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from anyws import HTTPInvalidHeader, HTTPMissingHeader
from tests.http.exchanges import make_request

DATE = "Sun, 06 Nov 1994 08:49:37 GMT"
MOMENT = datetime(1994, 11, 6, 8, 49, 37, tzinfo=UTC)


def test_known_headers_are_attributes() -> None:
    request = make_request(
        headers={
            "Content-Type": "text/plain",
            "Content-Length": "12",
            "Authorization": "Bearer x",
            "User-Agent": "ua",
            "Referer": "/r",
            "Accept": "text/html",
        }
    )
    assert request.content_type == "text/plain"
    assert request.content_length == 12
    assert request.auth == "Bearer x"
    assert request.user_agent == "ua"
    assert request.referer == "/r"
    assert request.accept == "text/html"


@pytest.mark.parametrize(
    "name",
    [
        "content_type",
        "content_length",
        "auth",
        "user_agent",
        "referer",
        "if_modified_since",
        "range",
    ],
)
def test_a_known_header_that_is_missing_is_none(name: str) -> None:
    assert getattr(make_request(), name) is None


def test_a_header_is_found_in_any_case_and_repeated_ones_are_joined() -> None:
    request = make_request(headers=[("X-A", "1"), ("x-a", "2")])
    assert request.get_header("X-a") == "1, 2"


@pytest.mark.parametrize("getter", ["get_header", "get_header_as_int", "get_header_as_datetime"])
def test_a_missing_header_is_the_default_or_a_400(getter: str) -> None:
    get = getattr(make_request(), getter)
    assert get("X-A") is None
    assert get("X-A", False, "d") == "d"
    assert get("X-A", default=0) == 0
    with pytest.raises(HTTPMissingHeader, match="X-A") as caught:
        get("X-A", required=True)
    assert caught.value.header_name == "X-A"


@pytest.mark.parametrize("getter", ["get_header", "get_header_as_int", "get_header_as_datetime"])
@pytest.mark.parametrize("default", [5, "x", "", None])
def test_a_default_in_the_place_of_required_is_a_type_error_and_no_400(
    getter: str, default: Any
) -> None:
    with pytest.raises(TypeError, match=f"by its name, default={default!r}$"):
        getattr(make_request(), getter)("X-A", default)


def test_headers_are_converted() -> None:
    request = make_request(headers={"X-Int": "-5", "X-Date": DATE})
    assert request.get_header_as_int("X-Int") == -5
    assert request.get_header_as_datetime("X-Date") == MOMENT


@pytest.mark.parametrize("getter", ["get_header_as_int", "get_header_as_datetime"])
def test_a_header_that_cannot_be_converted_is_a_400_that_names_it(getter: str) -> None:
    request = make_request(headers={"X-A": "x"})
    with pytest.raises(HTTPInvalidHeader, match="The header X-A is not valid") as caught:
        getattr(request, getter)("X-A")
    assert caught.value.header_name == "X-A"


@pytest.mark.parametrize("field", ["x", "-1", "+1", "1, 1", "1.0", "\xb2", "9" * 40])
def test_a_content_length_that_is_no_number_is_a_400(field: str) -> None:
    with pytest.raises(HTTPInvalidHeader, match="Content-Length"):
        _ = make_request(headers={"Content-Length": field}).content_length


def test_an_empty_content_length_is_none() -> None:
    assert make_request(headers={"Content-Length": ""}).content_length is None


def test_if_modified_since_is_a_date_and_ignored_where_it_is_none() -> None:
    assert make_request(headers={"If-Modified-Since": DATE}).if_modified_since == MOMENT
    assert make_request(headers={"If-Modified-Since": "today"}).if_modified_since is None


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("bytes=0-499", (0, 499)),
        ("Bytes = 0-499", None),
        ("BYTES=5-5", (5, 5)),
        ("bytes=9500-", (9500, -1)),
        ("bytes=-500", (-500, -1)),
        ("bytes= 1-2 ", (1, 2)),
        ("bytes=0-1,4-5", None),
        ("bytes=-", None),
        ("bytes=-0", None),
        ("bytes=5-4", None),
        ("bytes=a-b", None),
        ("bytes=--5", None),
        ("items=0-5", None),
        ("bytes", None),
        ("bytes=\u0661-", None),
        (f"bytes={'9' * 5000}-", (10**18, -1)),
        ("bytes=0-18446744073709551615", (0, 10**18)),
    ],
)
def test_one_range_of_bytes_is_read_and_anything_else_ignored(
    field: str, expected: tuple[int, int] | None
) -> None:
    if field.isascii():
        assert make_request(headers={"Range": field}).range == expected
