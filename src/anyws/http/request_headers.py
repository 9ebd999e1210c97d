"""The part of a request that comes from its header fields."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeVar, overload

from anyws.errors import HTTPInvalidHeader, HTTPMissingHeader
from anyws.headers import Headers
from anyws.http import conversions
from anyws.http.accept import best_match
from anyws.http.cookies import parse_cookies
from anyws.http.dates import parse_http_date
from anyws.http.etags import ETag, parse_etags
from anyws.http.lazy import lazy
from anyws.http.ranges import parse_range
from anyws.media_types import MEDIA_JSON

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from anyws._asgi.types import Scope

D = TypeVar("D")


class HeaderViews:
    """What a request tells in its header fields."""

    __slots__ = ()

    scope: Scope

    @lazy
    def headers(self) -> Headers:
        """The header fields, by their names in lower case."""
        return Headers(self.scope.get("headers", ()))

    @overload
    def get_header(
        self, name: str, required: Literal[False] = ..., default: None = ...
    ) -> str | None: ...
    @overload
    def get_header(self, name: str, required: bool = ..., default: D = ...) -> str | D: ...
    def get_header(self, name: str, required: bool = False, default: object = None) -> object:
        """Give a header, whatever the case of its name.

        One that is missing gives `default`, or raises `HTTPMissingHeader` (400) where it is
        `required`.
        """
        return self._header(name, required, default, str)

    @overload
    def get_header_as_int(
        self, name: str, required: Literal[False] = ..., default: None = ...
    ) -> int | None: ...
    @overload
    def get_header_as_int(self, name: str, required: bool = ..., default: D = ...) -> int | D: ...
    def get_header_as_int(
        self, name: str, required: bool = False, default: object = None
    ) -> object:
        """Give a header as an int; `HTTPInvalidHeader` (400) where it is none."""
        return self._header(name, required, default, conversions.to_int)

    @overload
    def get_header_as_datetime(
        self, name: str, required: Literal[False] = ..., default: None = ...
    ) -> datetime | None: ...
    @overload
    def get_header_as_datetime(
        self, name: str, required: bool = ..., default: D = ...
    ) -> datetime | D: ...
    def get_header_as_datetime(
        self, name: str, required: bool = False, default: object = None
    ) -> object:
        """Give a header as a datetime in UTC; `HTTPInvalidHeader` (400) where it is no HTTP date."""
        return self._header(name, required, default, _to_moment)

    @property
    def content_type(self) -> str | None:
        """The media type of the body, with its parameters."""
        return self.headers.get("content-type")

    @property
    def content_length(self) -> int | None:
        """The length of the body in bytes, None where it is not announced.

        Raises `HTTPInvalidHeader` (400) unless it is one run of digits (RFC 9110, section 8.6).
        """
        field = self.headers.get("content-length")
        if not field:
            return None
        if not (field.isascii() and field.isdigit() and len(field) < 19):
            raise HTTPInvalidHeader("It must be a decimal number of bytes.", "Content-Length")
        return int(field)

    @property
    def auth(self) -> str | None:
        """The Authorization field."""
        return self.headers.get("authorization")

    @property
    def user_agent(self) -> str | None:
        """The User-Agent field."""
        return self.headers.get("user-agent")

    @property
    def referer(self) -> str | None:
        """The Referer field."""
        return self.headers.get("referer")

    @property
    def accept(self) -> str:
        """The Accept field; `*/*` where there is none."""
        return self.headers.get("accept", "*/*")

    def client_accepts(self, media_type: str) -> bool:
        """Tell whether the client accepts a media type."""
        return best_match((media_type,), self.accept) is not None

    def client_prefers(self, media_types: Iterable[str]) -> str | None:
        """Give the media type that the client likes best, the first of equals; None if none."""
        return best_match(media_types, self.accept)

    @property
    def client_accepts_json(self) -> bool:
        """Whether the client accepts `application/json`."""
        return self.client_accepts(MEDIA_JSON)

    @lazy
    def cookies(self) -> dict[str, str]:
        """The cookies by name; of several with one name the first, the most specific one."""
        return {name: values[0] for name, values in self._cookie_values.items()}

    def get_cookie_values(self, name: str) -> list[str] | None:
        """Give all the values of a cookie, in their order, or None where it did not come."""
        values = self._cookie_values.get(name)
        return None if values is None else list(values)

    @property
    def if_match(self) -> list[ETag] | None:
        """The entity tags of If-Match; `['*']` for any; None if it is missing or malformed."""
        return self._etags("if-match")

    @property
    def if_none_match(self) -> list[ETag] | None:
        """The entity tags of If-None-Match; `['*']` for any; None if it is missing or malformed."""
        return self._etags("if-none-match")

    @property
    def if_modified_since(self) -> datetime | None:
        """The date of If-Modified-Since, in UTC.

        None where it is missing or no date: RFC 9110, section 13.1.3, has it ignored then.
        """
        field = self.headers.get("if-modified-since")
        if field is None:
            return None
        try:
            return parse_http_date(field)
        except ValueError:
            return None

    @property
    def range(self) -> tuple[int, int] | None:
        """The first and last position of the range of bytes that is asked for.

        An open end is -1, the last n bytes are `(-n, -1)`. None where there is no range, several,
        or none that can be read (RFC 9110, section 14.2).
        """
        field = self.headers.get("range")
        return None if field is None else parse_range(field)

    @lazy
    def _cookie_values(self) -> dict[str, list[str]]:
        return parse_cookies(self.headers.get("cookie", ""))

    def _etags(self, name: str) -> list[ETag] | None:
        field = self.headers.get(name)
        return None if field is None else parse_etags(field)

    def _header(
        self, name: str, required: bool, default: object, convert: Callable[[str], object]
    ) -> object:
        value = self.headers.get(name)
        if value is None:
            conversions.check_required(required)
            if required:
                raise HTTPMissingHeader(name)
            return default
        try:
            return convert(value)
        except ValueError as error:
            raise HTTPInvalidHeader(str(error), name) from error


def _to_moment(text: str) -> datetime:
    try:
        return parse_http_date(text)
    except ValueError:
        raise ValueError(
            "It must be an HTTP date such as Sun, 06 Nov 1994 08:49:37 GMT."
        ) from None
