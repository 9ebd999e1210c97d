"""Errors that may say when the request is worth another try."""

from __future__ import annotations

from datetime import datetime
from typing import TypeAlias, Unpack

from anyws.errors.header_values import retry_after_value
from anyws.errors.http_base import ErrorOptions, FixedStatusError
from anyws.status import HTTP_413, HTTP_429, HTTP_503, ResponseStatus


class RetryLaterError(FixedStatusError):
    """An error with a Retry-After header (RFC 9110, section 10.2.3), if `retry_after` is given.

    `retry_after` is in seconds, or a datetime (in UTC if it has no time zone).
    """

    def __init__(
        self, *, retry_after: int | datetime | None = None, **options: Unpack[ErrorOptions]
    ) -> None:
        super().__init__(**options)
        if retry_after is not None:
            self.headers.append(("Retry-After", retry_after_value(retry_after)))


class HTTPContentTooLarge(RetryLaterError):
    """413: the body is larger than the server takes (RFC 9110, section 15.5.14)."""

    status: ResponseStatus = HTTP_413


HTTPPayloadTooLarge: TypeAlias = HTTPContentTooLarge
"""The name that 413 had before RFC 9110."""


class HTTPTooManyRequests(RetryLaterError):
    """429: the client sends too many requests in too short a time (RFC 6585, section 4)."""

    status: ResponseStatus = HTTP_429


class HTTPServiceUnavailable(RetryLaterError):
    """503: overloaded or under maintenance, for a while (RFC 9110, section 15.6.4)."""

    status: ResponseStatus = HTTP_503
