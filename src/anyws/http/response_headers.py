"""The header fields of a response."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, NoReturn

from anyws.headers import check_header
from anyws.http.cookies import format_cookie
from anyws.http.dates import EPOCH
from anyws.http.header_properties import HeaderProperty
from anyws.http.header_values import (
    ContentRange,
    write_attachment,
    write_content_range,
    write_count,
    write_date,
    write_delay,
    write_etag,
    write_inline,
    write_list,
    write_text,
    write_uri,
)
from anyws.http.links import format_link

if TYPE_CHECKING:
    from anyws.http.options import ResponseOptions

_SET_COOKIE = "set-cookie"


class ResponseHeaders:
    """The header fields that a response is going to be sent with, cookies and links included.

    Names are looked up in any case. Names and values are checked when they are set: `TypeError`
    where one is not a str, `ValueError` for a name that is no token and for a value with CR, LF,
    NUL or another control character, or with characters beyond Latin-1.
    """

    options: ResponseOptions
    _fields: dict[str, str]
    _cookies: dict[tuple[str, str | None, str | None], str]
    _raw_cookies: list[str]

    cache_control: HeaderProperty[str | Iterable[str]] = HeaderProperty(
        "Cache-Control", write_list, "Cache-Control: a str, or several directives."
    )
    content_length: HeaderProperty[int | str] = HeaderProperty(
        "Content-Length", write_count, "The length of a stream, in bytes."
    )
    content_location: HeaderProperty[str] = HeaderProperty(
        "Content-Location", write_uri, "The URI of what is sent; percent-encoded if need be."
    )
    content_range: HeaderProperty[ContentRange] = HeaderProperty(
        "Content-Range",
        write_content_range,
        "The part that is sent: `(first, last, length)`, with a unit as a fourth, or a str.",
    )
    content_type: HeaderProperty[str] = HeaderProperty(
        "Content-Type",
        write_text,
        "The media type of the body; without one a body is of `resp_options.default_media_type`.",
    )
    downloadable_as: HeaderProperty[str] = HeaderProperty(
        "Content-Disposition", write_attachment, "The file name to save the body under."
    )
    viewable_as: HeaderProperty[str] = HeaderProperty(
        "Content-Disposition", write_inline, "The file name of a body that is shown at once."
    )
    etag: HeaderProperty[str] = HeaderProperty(
        "ETag", write_etag, "The entity tag: an `ETag`, or a str with or without its quotes."
    )
    expires: HeaderProperty[datetime | str] = HeaderProperty(
        "Expires", write_date, "When the body gets stale."
    )
    last_modified: HeaderProperty[datetime | str] = HeaderProperty(
        "Last-Modified", write_date, "When the body was last changed."
    )
    location: HeaderProperty[str] = HeaderProperty(
        "Location", write_uri, "The URI to go to; percent-encoded if need be."
    )
    retry_after: HeaderProperty[int | datetime | str] = HeaderProperty(
        "Retry-After", write_delay, "Seconds after which to ask again, or the moment to."
    )
    vary: HeaderProperty[str | Iterable[str]] = HeaderProperty(
        "Vary", write_list, "The request's headers that decide what is sent: a str or several."
    )
    accept_ranges: HeaderProperty[str] = HeaderProperty(
        "Accept-Ranges", write_text, "The unit of ranges that can be asked for: 'bytes' or 'none'."
    )

    @property
    def headers(self) -> Mapping[str, str]:
        """The fields as they are now, by their names in lower case, cookies aside; to be looked at.

        Setting one here raises `TypeError`: that is `set_header()`.
        """
        return _Copy(self._fields)

    def copy_fields(self) -> dict[str, str]:
        """Give the fields to the framework, which adds to them what it sends besides."""
        return self._fields.copy()

    @property
    def set_cookie_values(self) -> list[str]:
        """The Set-Cookie fields that will be sent: those of `set_cookie()`, then those as they are."""
        return [*self._cookies.values(), *self._raw_cookies]

    def get_header(self, name: str, default: str | None = None) -> str | None:
        """Give a field as it will be sent. Cookies are not among them."""
        return self._fields.get(name.lower(), default)

    def set_header(self, name: str, value: str) -> None:
        """Set a field, in place of what it was."""
        self._fields[_checked(name, value)] = value

    def append_header(self, name: str, value: str) -> None:
        """Add a value to a field, after a comma; `Set-Cookie` becomes a field of its own."""
        check_header(name, value)
        key = name.lower()
        if key == _SET_COOKIE:
            self._raw_cookies.append(value)
        elif key in self._fields:
            self._fields[key] = f"{self._fields[key]}, {value}"
        else:
            self._fields[key] = value

    def delete_header(self, name: str) -> None:
        """Take a field away, if it is there."""
        self._fields.pop(_checked(name, ""), None)

    def set_headers(self, headers: Mapping[str, str] | Iterable[tuple[str, str]]) -> None:
        """Set several fields, of a mapping or of pairs; of one that is refused none."""
        fields = dict(headers)
        self._fields.update({_checked(name, value): value for name, value in fields.items()})

    def set_cookie(
        self,
        name: str,
        value: str,
        *,
        expires: datetime | None = None,
        max_age: int | None = None,
        domain: str | None = None,
        path: str | None = None,
        secure: bool | None = None,
        http_only: bool = True,
        same_site: str | None = "Lax",
        partitioned: bool = False,
    ) -> None:
        """Set a cookie, in place of one with the same name, domain and path.

        `max_age` is in seconds, and wins over `expires`; 0 ends the cookie at once; without both
        it lasts until the browser is closed. `secure=None` stands for
        `resp_options.secure_cookies_by_default`. `same_site` is 'Lax', 'Strict' or 'None'; None
        leaves the attribute out. Raises `ValueError` for what RFC 6265, section 4.1, cannot carry.
        """
        self._cookies[name, domain, path] = format_cookie(
            name,
            value,
            expires=expires,
            max_age=max_age,
            domain=domain,
            path=path,
            secure=self.options.secure_cookies_by_default if secure is None else secure,
            http_only=http_only,
            same_site=same_site,
            partitioned=partitioned,
        )

    def unset_cookie(
        self,
        name: str,
        *,
        domain: str | None = None,
        path: str | None = None,
        same_site: str | None = "Lax",
    ) -> None:
        """Have the client forget a cookie, which it knows by name, domain and path."""
        self.set_cookie(
            name, "", expires=EPOCH, max_age=0, domain=domain, path=path, same_site=same_site
        )

    def append_link(
        self,
        target: str,
        rel: str,
        *,
        title: str | None = None,
        title_star: tuple[str, str] | None = None,
        anchor: str | None = None,
        hreflang: str | Iterable[str] | None = None,
        type_hint: str | None = None,
        crossorigin: str | None = None,
        link_extension: Iterable[tuple[str, str]] | None = None,
    ) -> None:
        """Add a link to the Link field (RFC 8288).

        `title_star` is a language and a title that is not ASCII; `crossorigin` is 'anonymous' or
        'use-credentials'; `link_extension` are further parameters.
        """
        link = format_link(
            target,
            rel,
            title=title,
            title_star=title_star,
            anchor=anchor,
            hreflang=hreflang,
            type_hint=type_hint,
            crossorigin=crossorigin,
            link_extension=link_extension,
        )
        self.append_header("Link", link)


class _Copy(dict[str, str]):
    """A copy, in which nothing is set: it would be lost."""

    def __setitem__(self, name: str, value: str) -> NoReturn:
        raise TypeError(
            f"resp.headers[{name!r}] = {value!r} would set it in a copy: write "
            f"resp.set_header({name!r}, {value!r})"
        )

    def __delitem__(self, name: str) -> NoReturn:
        raise TypeError(
            f"del resp.headers[{name!r}] would delete it in a copy: write "
            f"resp.delete_header({name!r})"
        )


def _checked(name: str, value: str) -> str:
    check_header(name, value)
    key = name.lower()
    if key == _SET_COOKIE:
        raise ValueError(
            "Set-Cookie cannot be set or deleted as a header: "
            "use set_cookie() and unset_cookie(), or append_header() for a cookie as it is"
        )
    return key
