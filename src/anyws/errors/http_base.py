"""What all HTTP errors are made of: a status, the body that explains it, and headers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias, TypedDict, cast

from anyws._imports import url_parsing
from anyws.status import ResponseStatus, status_code, status_line

HeadersArgument: TypeAlias = Mapping[str, str] | Iterable[tuple[str, str]]
"""Headers as a mapping or as pairs; pairs may repeat a name, and may come from an iterator."""


class ErrorOptions(TypedDict, total=False):
    """The keyword arguments that every HTTP error takes."""

    title: str | None
    description: str | None
    headers: HeadersArgument | None
    href: str | None
    href_text: str | None
    code: int | None


class HTTPError(Exception):
    """An HTTP response that reports an error, raised in place of being returned.

    On a WebSocket it closes the connection with 3000 + status (RFC 6455, section 7.4.2).

    `status` is an int, an `http.HTTPStatus` or a line such as '404 Not Found'; a bad one is a
    ValueError. `title` (the status line by default) and `description` are for people, `code` is
    for programs, `href` and `href_text` point to documentation; all of them are shown to the
    client. `headers` are those of the response, as a mapping or pairs; the attribute is a list of
    pairs, in which the header that a subclass adds comes last.
    """

    status: ResponseStatus
    title: str
    description: str | None
    headers: list[tuple[str, str]]
    href: str | None
    href_text: str | None
    code: int | None

    # Exception.__init__ is not called: `args` stay the positional arguments that __new__ saw,
    # which is what copying and pickling call the class with.
    def __init__(
        self,
        status: ResponseStatus,
        *,
        title: str | None = None,
        description: str | None = None,
        headers: HeadersArgument | None = None,
        href: str | None = None,
        href_text: str | None = None,
        code: int | None = None,
    ) -> None:
        line = status_line(status)
        self.status = status
        self.title = line if title is None else title
        self.description = description
        self.headers = header_pairs(headers)
        self.href = href
        self.href_text = href_text
        self.code = code

    @property
    def status_code(self) -> int:
        """The status as an int."""
        return status_code(self.status)

    def to_dict(self) -> dict[str, object]:
        """Return the body of the response: `title`, then what was given of the rest.

        `link` has `text`, `href` (percent-encoded, RFC 3986, section 2.1) and `rel` 'help'.
        """
        body: dict[str, object] = {"title": self.title}
        if self.description is not None:
            body["description"] = self.description
        if self.code is not None:
            body["code"] = self.code
        if self.href is not None:
            text = "About this error" if self.href_text is None else self.href_text
            body["link"] = {"text": text, "href": _percent_encoded(self.href), "rel": "help"}
        return body

    def __str__(self) -> str:
        return self.title if self.description is None else f"{self.title}: {self.description}"

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.status_code}: {self}>"


class FixedStatusError(HTTPError):
    """An HTTP error whose class stands for one status, which it names as a class attribute."""

    def __init__(
        self,
        *,
        title: str | None = None,
        description: str | None = None,
        headers: HeadersArgument | None = None,
        href: str | None = None,
        href_text: str | None = None,
        code: int | None = None,
    ) -> None:
        super().__init__(
            self.status,
            title=title,
            description=description,
            headers=headers,
            href=href,
            href_text=href_text,
            code=code,
        )


def header_pairs(headers: HeadersArgument | None) -> list[tuple[str, str]]:
    """Return headers, given as a mapping, as pairs or not at all, as a new list of pairs."""
    if headers is None:
        return []
    if isinstance(headers, Mapping):
        return list(cast("Mapping[str, str]", headers).items())
    return list(headers)


def _percent_encoded(href: str) -> str:
    """Return a link in ASCII; what is reserved or encoded already stays as it is."""
    return url_parsing.quote(href, safe="%:/?#[]@!$&'()*+,;=")
