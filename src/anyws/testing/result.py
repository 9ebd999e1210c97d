"""What came back from a simulated request."""

from __future__ import annotations

import functools
from http import HTTPStatus
from http.cookies import SimpleCookie
from typing import TYPE_CHECKING, NamedTuple

from anyws.headers import Headers
from anyws.media import json as json_codec

if TYPE_CHECKING:
    from anyws.testing.events import RawHeaders


class Cookie(NamedTuple):
    """A cookie that the application set: RFC 6265, section 5.2."""

    name: str
    value: str
    path: str | None = None
    domain: str | None = None
    expires: str | None = None
    """The date as it was sent."""
    max_age: int | None = None
    """In seconds."""
    same_site: str | None = None
    secure: bool = False
    http_only: bool = False
    partitioned: bool = False


class Result:
    """A complete response of the application."""

    def __init__(self, status_code: int, raw_headers: RawHeaders, content: bytes) -> None:
        self._raw_headers = raw_headers
        self.status_code: int = status_code
        self.headers: Headers = Headers(raw_headers)
        """The header fields, looked up in any case; repeated ones are joined with commas."""
        self.content: bytes = content

    @property
    def status(self) -> str:
        """The status line: `'200 OK'`. A code that is not registered has no phrase."""
        try:
            return f"{self.status_code} {HTTPStatus(self.status_code).phrase}"
        except ValueError:
            return str(self.status_code)

    @property
    def body(self) -> bytes:
        """Another name of `content`."""
        return self.content

    @functools.cached_property
    def cookies(self) -> dict[str, Cookie]:
        """The cookies that the response sets, by name; of two with one name the last."""
        fields = [value for name, value in self._raw_headers if name == b"set-cookie"]
        cookies = [_cookie(field.decode("latin-1")) for field in fields]
        return {cookie.name: cookie for cookie in cookies}

    @property
    def encoding(self) -> str:
        """The charset that the content type names, else UTF-8."""
        _, _, parameters = self.headers.get("content-type", "").partition(";")
        for parameter in parameters.split(";"):
            name, _, value = parameter.partition("=")
            if name.strip().lower() == "charset":
                return value.strip().strip('"')
        return "utf-8"

    @property
    def text(self) -> str:
        """The content, decoded with `encoding`. Raises `UnicodeDecodeError` where it is not."""
        return self.content.decode(self.encoding)

    @property
    def json(self) -> object:
        """The content as JSON, whatever its content type. Raises `json.JSONDecodeError`."""
        return json_codec.decode(self.content)

    def __repr__(self) -> str:
        return f"<Result {self.status}, {len(self.content)} bytes>"


def _cookie(field: str) -> Cookie:
    pair, *attributes = field.split(";")
    name, _, value = pair.partition("=")
    # Quoted values are decoded as the standard library encodes them.
    decoded, _ = SimpleCookie().value_decode(value.strip())
    given = dict(_attribute(attribute) for attribute in attributes)
    max_age = given.get("max-age")
    return Cookie(
        name.strip(),
        str(decoded),
        path=given.get("path"),
        domain=given.get("domain"),
        expires=given.get("expires"),
        max_age=None if max_age is None else int(max_age),
        same_site=given.get("samesite"),
        secure="secure" in given,
        http_only="httponly" in given,
        partitioned="partitioned" in given,
    )


def _attribute(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    return name.strip().lower(), value.strip()
