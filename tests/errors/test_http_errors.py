"""HTTP errors: their classes, statuses, bodies and text."""

from __future__ import annotations

import copy
import http
import inspect
import pickle
import re

import pytest

from anyws import errors
from anyws.errors import (
    HTTPBadRequest,
    HTTPError,
    HTTPInvalidHeader,
    HTTPInvalidParam,
    HTTPMethodNotAllowed,
    HTTPMissingHeader,
    HTTPMissingParam,
    HTTPNotFound,
    HTTPRangeNotSatisfiable,
    HTTPRouteNotFound,
    HTTPUnauthorized,
)
from anyws.errors.http_base import FixedStatusError

CLASSES: dict[str, int] = {
    "HTTPBadRequest": 400,
    "HTTPUnauthorized": 401,
    "HTTPForbidden": 403,
    "HTTPNotFound": 404,
    "HTTPRouteNotFound": 404,
    "HTTPNotAcceptable": 406,
    "HTTPConflict": 409,
    "HTTPGone": 410,
    "HTTPLengthRequired": 411,
    "HTTPPreconditionFailed": 412,
    "HTTPContentTooLarge": 413,
    "HTTPUriTooLong": 414,
    "HTTPUnsupportedMediaType": 415,
    "HTTPUnprocessableEntity": 422,
    "HTTPLocked": 423,
    "HTTPFailedDependency": 424,
    "HTTPUpgradeRequired": 426,
    "HTTPPreconditionRequired": 428,
    "HTTPTooManyRequests": 429,
    "HTTPRequestHeaderFieldsTooLarge": 431,
    "HTTPUnavailableForLegalReasons": 451,
    "HTTPInternalServerError": 500,
    "HTTPNotImplemented": 501,
    "HTTPBadGateway": 502,
    "HTTPServiceUnavailable": 503,
    "HTTPGatewayTimeout": 504,
    "HTTPVersionNotSupported": 505,
    "HTTPVariantAlsoNegotiates": 506,
    "HTTPInsufficientStorage": 507,
    "HTTPLoopDetected": 508,
    "HTTPNetworkAuthenticationRequired": 511,
}


@pytest.mark.parametrize(("name", "code"), CLASSES.items())
def test_a_class_stands_for_its_status(name: str, code: int) -> None:
    cls: type[FixedStatusError] = getattr(errors, name)
    error = cls()
    assert isinstance(error, HTTPError)
    assert error.status_code == code
    assert error.status == f"{code} {error.title[4:]}"
    assert cls.__doc__ is not None
    assert cls.__doc__.startswith(str(code))


@pytest.mark.parametrize("name", CLASSES)
def test_a_class_takes_the_common_arguments_by_keyword_only(name: str) -> None:
    cls = getattr(errors, name)
    error = cls(
        title="T",
        description="D",
        headers={"X-A": "1"},
        href="https://example.com/e",
        href_text="More",
        code=7,
    )
    assert error.to_dict() == {
        "title": "T",
        "description": "D",
        "code": 7,
        "link": {"text": "More", "href": "https://example.com/e", "rel": "help"},
    }
    assert error.headers == [("X-A", "1")]
    with pytest.raises(TypeError, match="positional"):
        cls("T")
    with pytest.raises(TypeError, match="titel"):
        cls(titel="T")


def test_the_status_is_kept_as_it_was_given() -> None:
    for status in (404, "404 Nobody Home", http.HTTPStatus.NOT_FOUND):
        error = HTTPError(status)
        assert error.status is status
        assert error.status_code == 404


def test_a_bad_status_is_refused_when_the_error_is_made() -> None:
    with pytest.raises(ValueError, match="'Not Found' is not an HTTP status"):
        HTTPError("Not Found")


@pytest.mark.parametrize(
    ("error", "title"),
    [
        (HTTPError(404), "404 Not Found"),
        (HTTPError("404 Nobody Home"), "404 Nobody Home"),
        (HTTPNotFound(), "404 Not Found"),
        (HTTPNotFound(title="Gone fishing"), "Gone fishing"),
        (HTTPNotFound(title=""), ""),
        (HTTPNotFound(title=None), "404 Not Found"),
    ],
)
def test_the_title_is_the_status_line_unless_one_is_given(error: HTTPError, title: str) -> None:
    assert error.title == title
    assert error.to_dict() == {"title": title}


def test_the_body_keeps_what_is_false_and_leaves_out_what_is_not_given() -> None:
    assert HTTPNotFound(description="", code=0).to_dict() == {
        "title": "404 Not Found",
        "description": "",
        "code": 0,
    }


@pytest.mark.parametrize(
    ("href", "expected"),
    [
        ("https://example.com/a?b=c&d=%20#e", "https://example.com/a?b=c&d=%20#e"),
        ("https://example.com/über uns", "https://example.com/%C3%BCber%20uns"),
        ("http://[::1]:8000/~me", "http://[::1]:8000/~me"),
    ],
)
def test_the_link_is_percent_encoded_once(href: str, expected: str) -> None:
    link = HTTPNotFound(href=href).to_dict()["link"]
    assert link == {"text": "About this error", "href": expected, "rel": "help"}


def test_the_text_of_an_error_is_its_title_and_description() -> None:
    assert str(HTTPNotFound()) == "404 Not Found"
    assert str(HTTPNotFound(description="No such cat")) == "404 Not Found: No such cat"
    assert repr(HTTPNotFound()) == "<HTTPNotFound 404: 404 Not Found>"


def test_a_413_has_its_old_name_as_well() -> None:
    assert errors.HTTPPayloadTooLarge is errors.HTTPContentTooLarge


def test_a_missing_route_is_a_not_found() -> None:
    assert issubclass(HTTPRouteNotFound, HTTPNotFound)


@pytest.mark.parametrize(
    ("error", "attribute", "name", "words"),
    [
        (HTTPInvalidHeader("Too old.", "If-Match"), "header_name", "If-Match", "Too old."),
        (HTTPMissingHeader("If-Match"), "header_name", "If-Match", "needs"),
        (HTTPInvalidParam("Too big.", "page"), "param_name", "page", "Too big."),
        (HTTPMissingParam("page"), "param_name", "page", "needs"),
    ],
)
def test_an_error_about_a_part_of_the_request_names_it(
    error: HTTPBadRequest, attribute: str, name: str, words: str
) -> None:
    assert error.status_code == 400
    assert getattr(error, attribute) == name
    assert error.description is not None
    assert name in error.description
    assert words in error.description


def test_an_error_about_a_part_of_the_request_can_be_worded_by_hand() -> None:
    error = HTTPMissingParam("page", title="T", description="D", code=1)
    assert error.to_dict() == {"title": "T", "description": "D", "code": 1}


@pytest.mark.parametrize(
    "error",
    [
        HTTPError(404, title="T", headers={"X-A": "1"}),
        HTTPNotFound(description="D", code=3),
        HTTPMethodNotAllowed(["GET"], description="D"),
        HTTPRangeNotSatisfiable(10),
        HTTPUnauthorized(challenges=["Bearer"]),
        HTTPInvalidHeader("why", "X-A"),
        errors.MediaMalformedError("application/json"),
        errors.MultipartParseError(description="D"),
        errors.MediaValidationError(description="D"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_an_error_survives_copying_and_pickling(error: HTTPError) -> None:
    for twin in (copy.copy(error), pickle.loads(pickle.dumps(error))):
        assert type(twin) is type(error)
        assert vars(twin) == vars(error)


def test_everything_public_is_exported_and_documented() -> None:
    for name in errors.__all__:
        exported = getattr(errors, name)
        assert inspect.isclass(exported)
        assert issubclass(exported, Exception)
        assert "__doc__" in vars(exported), name
    assert {*CLASSES} < {*errors.__all__}


def test_every_class_of_a_status_cites_its_specification_or_its_parent() -> None:
    for name in CLASSES:
        doc = getattr(errors, name).__doc__
        assert re.search(r"RFC \d+, section [\d.]+", doc) or name == "HTTPRouteNotFound"
