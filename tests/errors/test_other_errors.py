"""`HTTPStatus`, the redirects, the media errors, and the client that left."""

from __future__ import annotations

import copy
import http
import pickle

import pytest

from anyws.errors import (
    ClientDisconnected,
    HTTPBadRequest,
    HTTPError,
    HTTPFound,
    HTTPMovedPermanently,
    HTTPPermanentRedirect,
    HTTPSeeOther,
    HTTPStatus,
    HTTPTemporaryRedirect,
    MediaMalformedError,
    MediaNotFoundError,
    MediaValidationError,
    MultipartParseError,
)
from anyws.errors.raised_responses import Redirect

REDIRECTS = [
    (HTTPMovedPermanently, 301),
    (HTTPFound, 302),
    (HTTPSeeOther, 303),
    (HTTPTemporaryRedirect, 307),
    (HTTPPermanentRedirect, 308),
]


def test_an_http_status_is_an_exception_and_no_error() -> None:
    raised = HTTPStatus(http.HTTPStatus.ACCEPTED, {"A": "1"}, "later")
    assert isinstance(raised, Exception)
    assert not isinstance(raised, HTTPError)
    assert raised.status is http.HTTPStatus.ACCEPTED
    assert raised.status_code == 202
    assert raised.headers == [("A", "1")]
    assert raised.text == "later"
    assert str(raised) == "202 Accepted"


def test_an_http_status_needs_the_status_alone() -> None:
    raised = HTTPStatus("204 No Content")
    assert (raised.status_code, raised.headers, raised.text) == (204, [], None)


def test_a_bad_http_status_is_refused() -> None:
    with pytest.raises(ValueError, match="1000 is not an HTTP status"):
        HTTPStatus(1000)


@pytest.mark.parametrize(("cls", "code"), REDIRECTS)
def test_a_redirect_has_its_location(cls: type[Redirect], code: int) -> None:
    raised = cls("/elsewhere", {"A": "1"})
    assert isinstance(raised, HTTPStatus)
    assert raised.status_code == code
    assert raised.location == "/elsewhere"
    assert raised.headers == [("A", "1"), ("Location", "/elsewhere")]
    assert cls("/x", headers=[("A", "1")]).headers[0] == ("A", "1")


@pytest.mark.parametrize(("cls", "code"), REDIRECTS)
def test_a_redirect_survives_copying_and_pickling(cls: type[Redirect], code: int) -> None:
    raised = cls("/elsewhere")
    for twin in (copy.copy(raised), pickle.loads(pickle.dumps(raised))):
        assert vars(twin) == vars(raised)
        assert twin.status_code == code


@pytest.mark.parametrize("cls", [MediaNotFoundError, MediaMalformedError])
def test_a_media_error_names_the_media_type(
    cls: type[MediaNotFoundError | MediaMalformedError],
) -> None:
    error = cls("application/json")
    assert isinstance(error, HTTPBadRequest)
    assert error.media_type == "application/json"
    assert "application/json" in str(error)
    assert cls("application/json", description="D").description == "D"


def test_a_validation_error_is_a_bad_request_and_a_value_error() -> None:
    error = MediaValidationError(description="Expected `int`, got `str` - at `$.a`")
    assert isinstance(error, HTTPBadRequest)
    assert isinstance(error, ValueError)
    assert error.status_code == 400
    assert "at `$.a`" in str(error)


def test_a_broken_multipart_form_is_a_malformed_body() -> None:
    error = MultipartParseError(description="D")
    assert isinstance(error, MediaMalformedError)
    assert error.media_type == "multipart/form-data"
    assert error.description == "D"


def test_a_client_that_left_is_an_os_error() -> None:
    assert issubclass(ClientDisconnected, OSError)
    assert str(ClientDisconnected("gone")) == "gone"
