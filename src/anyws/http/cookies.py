"""Cookies: reading the Cookie field, writing Set-Cookie (RFC 6265)."""

from __future__ import annotations

import re
from http.cookies import SimpleCookie
from typing import TYPE_CHECKING, Final

from anyws.headers import is_token
from anyws.http.dates import format_http_date

if TYPE_CHECKING:
    from datetime import datetime

# What ends an attribute, or cannot stand in a header at all.
_UNSAFE: Final = re.compile(r"[;\x00-\x1f\x7f]|[^\x00-\x7f]")
_SAME_SITE: Final = {"lax": "Lax", "strict": "Strict", "none": "None"}
# The convention for values with quotes, spaces or semicolons, which the standard library set.
_QUOTING: Final = SimpleCookie()


def parse_cookies(field: str) -> dict[str, list[str]]:
    """Read a Cookie field: each name with its values, in the order in which they came.

    What is no pair is left out, as browsers and servers do (section 5.2): a client must not be
    locked out by a cookie that another site set for the whole domain.
    """
    cookies: dict[str, list[str]] = {}
    for pair in field.split(";"):
        name, found, value = pair.partition("=")
        name = name.strip()
        if found and name:
            cookies.setdefault(name, []).append(_unquote(value.strip()))
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
        parts.append(f"Expires={format_http_date(expires)}")
    if max_age is not None:
        parts.append(f"Max-Age={int(max_age)}")
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
    decoded: str = _QUOTING.value_decode(value)[0]
    return decoded


def _quote(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"the value of the cookie {name!r} is a str, not {type(value).__name__}")
    if not value.isascii():
        raise ValueError(
            f"the value of the cookie {name!r} is not ASCII: {value!r}; "
            "percent-encode it, or send it as Base64"
        )
    encoded: str = _QUOTING.value_encode(value)[1]
    return encoded


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


def _checked_same_site(same_site: str) -> str:
    try:
        return _SAME_SITE[same_site.lower()]
    except (KeyError, AttributeError):
        raise ValueError(
            f"same_site must be 'Lax', 'Strict' or 'None', not {same_site!r}; "
            "None leaves the attribute out"
        ) from None
