"""Origins of web pages, as programs list them (RFC 6454, section 6.2)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, cast

from anyws.headers import is_token

ANY: Final = "*"
SAME_ORIGIN: Final = "same-origin"

# A host without user, path and wildcard; pages of extensions have schemes of their own.
_ORIGIN: Final = re.compile(
    r"(?P<scheme>[a-z][a-z0-9+.\-]*)://"
    r"(?P<authority>(?:\[[0-9a-f:.]+\]|[^\s/?#@*:\[\],]+)(?::[0-9]+)?)"
)
_DEFAULT_PORT: Final = re.compile(r"http://.*:80|https://.*:443")
# What a page from a file, or in a sandboxed frame, has in the place of an origin.
_OPAQUE: Final = "null"


class Origins:
    """A set of origins, or all that there are."""

    __slots__ = ("_listed", "any")

    def __init__(self, listed: frozenset[str], *, any: bool) -> None:
        self._listed = listed
        self.any: bool = any

    def __contains__(self, origin: str) -> bool:
        return self.any or origin in self._listed

    def __bool__(self) -> bool:
        return self.any or bool(self._listed)

    def __le__(self, other: Origins) -> bool:
        """Tell whether each of these is among others; all that there are is all of the others."""
        return self.any or other.any or self._listed <= other._listed


def read_origins(argument: str, value: str | Iterable[str] | None) -> Origins:
    """Read one origin, several, '*' for any or None for none; `ValueError` for anything else."""
    listed = _strings(argument, value)
    if ANY in listed and len(listed) > 1:
        raise ValueError(f"{argument}={value!r} has '*' among others: '*' alone is any origin")
    if ANY in listed:
        return Origins(frozenset(), any=True)
    return Origins(frozenset(_read_origin(argument, origin) for origin in listed), any=False)


def split_origin(text: str) -> tuple[str, str] | None:
    """Give scheme and authority of an Origin field in lower case; None if it is no origin."""
    found = _ORIGIN.fullmatch(text.lower())
    return None if found is None else (found["scheme"], found["authority"])


def is_origin(text: object) -> bool:
    """Tell whether this is an origin as a browser writes it, and not the opaque 'null'."""
    return isinstance(text, str) and text.lower() != _OPAQUE and _is_written_well(text.lower())


def read_header_names(argument: str, value: str | Iterable[str] | None) -> str:
    """Read names of header fields, with commas in a str; `ValueError` for what is no name."""
    given = value.split(",") if isinstance(value, str) else value
    names = [name.strip() for name in _strings(argument, given)]
    for name in names:
        if not is_token(name):
            raise ValueError(
                f"{argument} has {name!r}, which cannot be the name of a header: names are "
                "ASCII letters, digits and hyphens, as in 'X-Request-Id'"
            )
    return ", ".join(names)


def _strings(argument: str, value: object) -> list[str]:
    if value is None:
        return []
    if isinstance(value, str):
        return [value]
    given = list(cast("Iterable[object]", value)) if isinstance(value, Iterable) else [value]
    strings = [item for item in given if isinstance(item, str)]
    if len(strings) < len(given):
        raise ValueError(f"{argument}={value!r} must be a str, or an iterable of str")
    return strings


def _read_origin(argument: str, text: str) -> str:
    origin = text.lower()
    if origin == _OPAQUE:
        return origin
    if not _is_written_well(origin):
        raise ValueError(
            f"{argument} has {text!r}, which is no origin as a browser writes it: give scheme and "
            "host, and a port if it is not the scheme's own, as in 'https://example.com' or "
            "'http://localhost:3000'; no path, no slash at the end, no wildcard"
        )
    return origin


def _is_written_well(origin: str) -> bool:
    return _ORIGIN.fullmatch(origin) is not None and _DEFAULT_PORT.fullmatch(origin) is None
