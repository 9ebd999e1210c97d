"""Cookies: reading the Cookie field, writing Set-Cookie (RFC 6265)."""

from __future__ import annotations

import re
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Final

from anyws._dates import format_http_date
from anyws.headers import is_token

if TYPE_CHECKING:
    from http.cookies import SimpleCookie

# Whitespace of HTTP. str.strip() alone takes more: the last byte of an encoded "à", for one.
_BLANKS: Final = " \t"
# What ends an attribute, or cannot stand in a header at all.
_UNSAFE: Final = re.compile(r"[;\x00-\x1f\x7f]|[^\x00-\x7f]")
_SAME_SITE: Final = {"lax": "Lax", "strict": "Strict", "none": "None"}
# What stands in a value as it is: section 4.1.1.
_PLAIN: Final = re.compile(r"[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]+")


def parse_cookies(field: str) -> dict[str, list[str]]:
    """Read a Cookie field: each name with its values, in the order in which they came.

    What is no pair is left out, as browsers and servers do (section 5.2): a client must not be
    locked out by a cookie that another site set for the whole domain.
    """
    cookies: dict[str, list[str]] = {}
    for pair in field.split(";"):
        name, found, value = pair.partition("=")
        name = name.strip(_BLANKS)
        if found and name:
            cookies.setdefault(name, []).append(_unquote(value.strip(_BLANKS)))
    return cookies


def format_cookie(
    name: str,
    value: str,
    *,
    expires: datetime | None = None,
    max_age: int | None = None,
    domain: str | None = None,
    path: str | None = None,
    secure: bool,
    http_only: bool,
    same_site: str | None,
    partitioned: bool,
) -> str:
    """Write the value of a Set-Cookie field.

    Raises `ValueError` for a name that is no token, for a value that is not ASCII, for a domain or
    path that would end its attribute, and for a `same_site` other than Lax, Strict and None.
    """
    parts = [f"{_checked_name(name)}={_quote(name, value)}"]
    if expires is not None:
        parts.append(f"Expires={_checked_moment(expires)}")
    if max_age is not None:
        parts.append(f"Max-Age={_checked_seconds(max_age)}")
    if domain is not None:
        parts.append(f"Domain={_checked_attribute('domain', domain)}")
    if path is not None:
        parts.append(f"Path={_checked_attribute('path', path)}")
    if secure:
        parts.append("Secure")
    if http_only:
        parts.append("HttpOnly")
    if same_site is not None:
        parts.append(f"SameSite={_checked_same_site(same_site)}")
    if partitioned:
        parts.append("Partitioned")
    return "; ".join(parts)


def _unquote(value: str) -> str:
    if not value.startswith('"'):
        return value
    decoded: str = _quoting().value_decode(value)[0]
    return decoded


def _quote(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"the value of the cookie {name!r} is a str, not {type(value).__name__}")
    if not value.isascii():
        raise ValueError(
            f"the value of the cookie {name!r} is not ASCII: {value!r}; "
            "percent-encode it, or send it as Base64"
        )
    if _PLAIN.fullmatch(value) is not None:
        return value
    encoded: str = _quoting().value_encode(value)[1]
    return encoded


@cache
def _quoting() -> SimpleCookie:
    """Give the convention for values with quotes, spaces or semicolons, which the standard library
    set. Few cookies need it, and it takes long to import."""
    from http.cookies import SimpleCookie

    return SimpleCookie()


def _checked_name(name: object) -> str:
    if not isinstance(name, str):
        raise TypeError(f"a cookie's name is a str, not {type(name).__name__}: {name!r}")
    # Section 4.1.1.
    if not is_token(name):
        raise ValueError(
            f"{name!r} cannot be the name of a cookie: a name is one or more ASCII letters, "
            "digits and characters of !#$%&'*+-.^_`|~"
        )
    return name


def _checked_attribute(attribute: str, value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{attribute} of a cookie is a str, not {type(value).__name__}: {value!r}")
    found = _UNSAFE.search(value)
    if found is not None:
        raise ValueError(
            f"{attribute}={value!r} of a cookie cannot have the character {found[0]!r}"
        )
    return value


def _checked_moment(expires: object) -> str:
    if not isinstance(expires, datetime):
        raise TypeError(
            f"expires of a cookie is a datetime, not {expires!r}: max_age is in seconds from now"
        )
    return format_http_date(expires)


def _checked_seconds(max_age: object) -> int:
    if not isinstance(max_age, (int, float)):
        raise TypeError(f"max_age of a cookie is a number of seconds, not {max_age!r}")
    return int(max_age)


def _checked_same_site(same_site: str) -> str:
    try:
        return _SAME_SITE[same_site.lower()]
    except (KeyError, AttributeError):
        raise ValueError(
            f"same_site must be 'Lax', 'Strict' or 'None', not {same_site!r}; "
            "None leaves the attribute out"
        ) from None
