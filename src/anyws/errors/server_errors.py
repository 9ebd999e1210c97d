"""The 5xx statuses (RFC 9110, section 15.6): the server is at fault."""

from __future__ import annotations

from anyws.errors.http_base import FixedStatusError
from anyws.status import (
    HTTP_500,
    HTTP_501,
    HTTP_502,
    HTTP_504,
    HTTP_505,
    HTTP_506,
    HTTP_507,
    HTTP_508,
    HTTP_511,
    ResponseStatus,
)


class HTTPInternalServerError(FixedStatusError):
    """500: something unexpected went wrong (RFC 9110, section 15.6.1)."""

    status: ResponseStatus = HTTP_500


class HTTPNotImplemented(FixedStatusError):
    """501: the server does not support the method at all (RFC 9110, section 15.6.2)."""

    status: ResponseStatus = HTTP_501


class HTTPBadGateway(FixedStatusError):
    """502: a server behind this one gave an invalid response (RFC 9110, section 15.6.3)."""

    status: ResponseStatus = HTTP_502


class HTTPGatewayTimeout(FixedStatusError):
    """504: a server behind this one gave no response in time (RFC 9110, section 15.6.5)."""

    status: ResponseStatus = HTTP_504


class HTTPVersionNotSupported(FixedStatusError):
    """505: the major version of HTTP is not supported (RFC 9110, section 15.6.6)."""

    status: ResponseStatus = HTTP_505


class HTTPVariantAlsoNegotiates(FixedStatusError):
    """506: the chosen variant negotiates as well, in a circle (RFC 2295, section 8.1)."""

    status: ResponseStatus = HTTP_506


class HTTPInsufficientStorage(FixedStatusError):
    """507: there is no room to store what the request needs (RFC 4918, section 11.5)."""

    status: ResponseStatus = HTTP_507


class HTTPLoopDetected(FixedStatusError):
    """508: the request met itself again on its way (RFC 5842, section 7.2)."""

    status: ResponseStatus = HTTP_508


class HTTPNetworkAuthenticationRequired(FixedStatusError):
    """511: a captive portal wants the client to log in first (RFC 6585, section 6)."""

    status: ResponseStatus = HTTP_511
