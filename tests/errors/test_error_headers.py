"""The headers of HTTP errors."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from anyws.errors import (
    HTTPContentTooLarge,
    HTTPError,
    HTTPMethodNotAllowed,
    HTTPNotFound,
    HTTPRangeNotSatisfiable,
    HTTPServiceUnavailable,
    HTTPTooManyRequests,
    HTTPUnauthorized,
)
from anyws.errors.http_base import HeadersArgument
from anyws.errors.retry import RetryLaterError

MOMENT = datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)
RETRY = [HTTPContentTooLarge, HTTPTooManyRequests, HTTPServiceUnavailable]


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        (None, []),
        ({}, []),
        ({"A": "1", "B": "2"}, [("A", "1"), ("B", "2")]),
        ([("A", "1"), ("A", "2")], [("A", "1"), ("A", "2")]),
        (iter([("A", "1")]), [("A", "1")]),
    ],
)
def test_headers_become_pairs(
    headers: HeadersArgument | None, expected: list[tuple[str, str]]
) -> None:
    assert HTTPError(400, headers=headers).headers == expected


def test_the_headers_given_are_not_modified() -> None:
    given = [("A", "1")]
    error = HTTPMethodNotAllowed(["GET"], headers=given)
    assert error.headers == [("A", "1"), ("Allow", "GET")]
    assert given == [("A", "1")]


def test_two_errors_do_not_share_their_headers() -> None:
    HTTPNotFound().headers.append(("A", "1"))
    assert HTTPNotFound().headers == []


@pytest.mark.parametrize(
    ("methods", "allow"),
    [(["GET", "HEAD"], "GET, HEAD"), (("PUT",), "PUT"), (iter(["GET"]), "GET"), ([], "")],
)
def test_a_405_says_what_is_allowed(methods: list[str], allow: str) -> None:
    assert HTTPMethodNotAllowed(methods).headers == [("Allow", allow)]
    assert HTTPMethodNotAllowed([]).status_code == 405


def test_a_401_has_its_challenges_in_one_header() -> None:
    error = HTTPUnauthorized(challenges=['Basic realm="a"', "Bearer"])
    assert error.headers == [("WWW-Authenticate", 'Basic realm="a", Bearer')]
    assert HTTPUnauthorized().headers == []


def test_a_string_in_place_of_a_list_is_refused_with_the_remedy() -> None:
    with pytest.raises(TypeError, match=r"challenges must be .*\['Bearer'\]"):
        HTTPUnauthorized(challenges="Bearer")
    with pytest.raises(TypeError, match=r"allowed_methods must be .*\['GET'\]"):
        HTTPMethodNotAllowed("GET")


def test_a_416_says_how_long_the_resource_is() -> None:
    error = HTTPRangeNotSatisfiable(1234)
    assert error.status_code == 416
    assert error.headers == [("Content-Range", "bytes */1234")]


@pytest.mark.parametrize("cls", RETRY)
@pytest.mark.parametrize(
    ("retry_after", "expected"),
    [
        (0, "0"),
        (120, "120"),
        (MOMENT, "Tue, 03 Feb 2026 04:05:06 GMT"),
        (MOMENT.replace(tzinfo=None), "Tue, 03 Feb 2026 04:05:06 GMT"),
        (MOMENT.astimezone(timezone(timedelta(hours=5))), "Tue, 03 Feb 2026 04:05:06 GMT"),
    ],
)
def test_retry_after_is_in_seconds_or_a_date(
    cls: type[RetryLaterError], retry_after: int | datetime, expected: str
) -> None:
    error = cls(retry_after=retry_after, headers={"A": "1"})
    assert error.headers == [("A", "1"), ("Retry-After", expected)]


@pytest.mark.parametrize("cls", RETRY)
def test_without_retry_after_there_is_no_header(cls: type[RetryLaterError]) -> None:
    assert cls().headers == []


@pytest.mark.parametrize("bad", [-1, 1.5, True, "60", timedelta(seconds=1)])
def test_a_retry_after_that_no_header_can_carry_is_refused(bad: object) -> None:
    with pytest.raises(ValueError, match="retry_after must be"):
        HTTPTooManyRequests(retry_after=bad)  # type: ignore[arg-type]  # without types
