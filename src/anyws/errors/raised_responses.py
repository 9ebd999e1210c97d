"""Responses raised as exceptions that are no errors: `HTTPStatus` and the redirects."""

from __future__ import annotations

from anyws.errors.http_base import HeadersArgument, header_pairs
from anyws.status import (
    HTTP_301,
    HTTP_302,
    HTTP_303,
    HTTP_307,
    HTTP_308,
    ResponseStatus,
    status_code,
    status_line,
)


class HTTPStatus(Exception):
    """Ends the request with this status, without anything having gone wrong.

    Not an `HTTPError`, and not the `http.HTTPStatus` of the standard library, which `status` may
    be. A bad status is a ValueError. `headers` are a mapping or pairs, kept as a list of pairs;
    `text` is the body.
    """

    status: ResponseStatus
    headers: list[tuple[str, str]]
    text: str | None

    def __init__(
        self,
        status: ResponseStatus,
        headers: HeadersArgument | None = None,
        text: str | None = None,
    ) -> None:
        status_code(status)
        self.status = status
        self.headers = header_pairs(headers)
        self.text = text

    @property
    def status_code(self) -> int:
        """The status as an int."""
        return status_code(self.status)

    def __str__(self) -> str:
        return status_line(self.status)


class Redirect(HTTPStatus):
    """A redirect whose class stands for one status; `location` becomes the Location header.

    RFC 9110, section 10.2.2. The location goes out as it is given.
    """

    def __init__(self, location: str, headers: HeadersArgument | None = None) -> None:
        super().__init__(self.status, headers)
        self.headers.append(("Location", location))
        self.location = location


class HTTPMovedPermanently(Redirect):
    """301: moved for good; a POST may become a GET (RFC 9110, section 15.4.2)."""

    status: ResponseStatus = HTTP_301


class HTTPFound(Redirect):
    """302: elsewhere for now; a POST may become a GET (RFC 9110, section 15.4.3)."""

    status: ResponseStatus = HTTP_302


class HTTPSeeOther(Redirect):
    """303: the answer is at another place, to be had with GET (RFC 9110, section 15.4.4)."""

    status: ResponseStatus = HTTP_303


class HTTPTemporaryRedirect(Redirect):
    """307: elsewhere for now, with the same method (RFC 9110, section 15.4.8)."""

    status: ResponseStatus = HTTP_307


class HTTPPermanentRedirect(Redirect):
    """308: moved for good, with the same method (RFC 9110, section 15.4.9)."""

    status: ResponseStatus = HTTP_308
