"""The 4xx statuses (RFC 9110, section 15.5): the request is at fault."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Unpack

from anyws.errors.header_values import joined
from anyws.errors.http_base import ErrorOptions, FixedStatusError
from anyws.status import (
    HTTP_400,
    HTTP_401,
    HTTP_403,
    HTTP_404,
    HTTP_405,
    HTTP_406,
    HTTP_409,
    HTTP_410,
    HTTP_411,
    HTTP_412,
    HTTP_414,
    HTTP_415,
    HTTP_416,
    HTTP_422,
    HTTP_423,
    HTTP_424,
    HTTP_426,
    HTTP_428,
    HTTP_431,
    HTTP_451,
    ResponseStatus,
)


class HTTPBadRequest(FixedStatusError):
    """400: the server cannot make sense of the request (RFC 9110, section 15.5.1)."""

    status: ResponseStatus = HTTP_400


class HTTPUnauthorized(FixedStatusError):
    """401: credentials are missing or not valid (RFC 9110, section 15.5.2).

    `challenges` are the values of the WWW-Authenticate header, such as `['Bearer']`, which a 401
    must have; they come after `headers`.
    """

    status: ResponseStatus = HTTP_401

    def __init__(
        self, *, challenges: Iterable[str] | None = None, **options: Unpack[ErrorOptions]
    ) -> None:
        super().__init__(**options)
        if challenges is not None:
            self.headers.append(("WWW-Authenticate", joined("challenges", challenges)))


class HTTPForbidden(FixedStatusError):
    """403: understood and refused; other credentials may help (RFC 9110, section 15.5.4)."""

    status: ResponseStatus = HTTP_403


class HTTPNotFound(FixedStatusError):
    """404: there is no such resource, or none to be told of (RFC 9110, section 15.5.5)."""

    status: ResponseStatus = HTTP_404


class HTTPRouteNotFound(HTTPNotFound):
    """404, raised by the framework itself: no route, sink or static file is at this path."""


class HTTPMethodNotAllowed(FixedStatusError):
    """405: the resource has no responder for the method (RFC 9110, section 15.5.6).

    `allowed_methods` become the Allow header, which a 405 must have.
    """

    status: ResponseStatus = HTTP_405

    def __init__(self, allowed_methods: Iterable[str], **options: Unpack[ErrorOptions]) -> None:
        super().__init__(**options)
        self.headers.append(("Allow", joined("allowed_methods", allowed_methods)))


class HTTPNotAcceptable(FixedStatusError):
    """406: no representation is one that the client accepts (RFC 9110, section 15.5.7)."""

    status: ResponseStatus = HTTP_406


class HTTPConflict(FixedStatusError):
    """409: the request contradicts the state of the resource (RFC 9110, section 15.5.10)."""

    status: ResponseStatus = HTTP_409


class HTTPGone(FixedStatusError):
    """410: the resource existed and will not come back (RFC 9110, section 15.5.11)."""

    status: ResponseStatus = HTTP_410


class HTTPLengthRequired(FixedStatusError):
    """411: the request has no Content-Length (RFC 9110, section 15.5.12)."""

    status: ResponseStatus = HTTP_411


class HTTPPreconditionFailed(FixedStatusError):
    """412: a condition in the request's headers is not met (RFC 9110, section 15.5.13)."""

    status: ResponseStatus = HTTP_412


class HTTPUriTooLong(FixedStatusError):
    """414: the URI is longer than the server takes (RFC 9110, section 15.5.15)."""

    status: ResponseStatus = HTTP_414


class HTTPUnsupportedMediaType(FixedStatusError):
    """415: the body is of a media type that nothing here reads (RFC 9110, section 15.5.16)."""

    status: ResponseStatus = HTTP_415


class HTTPRangeNotSatisfiable(FixedStatusError):
    """416: no part of the range lies in the resource (RFC 9110, section 15.5.17).

    `resource_length`, in bytes, goes out in the Content-Range header.
    """

    status: ResponseStatus = HTTP_416

    def __init__(self, resource_length: int, **options: Unpack[ErrorOptions]) -> None:
        super().__init__(**options)
        self.headers.append(("Content-Range", f"bytes */{resource_length}"))


class HTTPUnprocessableEntity(FixedStatusError):
    """422: well-formed, and still not to be carried out (RFC 9110, section 15.5.21)."""

    status: ResponseStatus = HTTP_422


class HTTPLocked(FixedStatusError):
    """423: the resource is locked (RFC 4918, section 11.3)."""

    status: ResponseStatus = HTTP_423


class HTTPFailedDependency(FixedStatusError):
    """424: an action that this one depends on has failed (RFC 4918, section 11.4)."""

    status: ResponseStatus = HTTP_424


class HTTPUpgradeRequired(FixedStatusError):
    """426: the resource speaks another protocol only (RFC 9110, section 15.5.22).

    The response must name it: `headers={'Upgrade': 'websocket'}`, for example.
    """

    status: ResponseStatus = HTTP_426


class HTTPPreconditionRequired(FixedStatusError):
    """428: the request must be conditional, against lost updates (RFC 6585, section 3)."""

    status: ResponseStatus = HTTP_428


class HTTPRequestHeaderFieldsTooLarge(FixedStatusError):
    """431: one header, or all of them, are too large (RFC 6585, section 5)."""

    status: ResponseStatus = HTTP_431


class HTTPUnavailableForLegalReasons(FixedStatusError):
    """451: access is denied because of a legal demand (RFC 7725, section 3)."""

    status: ResponseStatus = HTTP_451
