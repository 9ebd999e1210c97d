"""Hosts and ports: what a Host field and the addresses of a scope say."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, NamedTuple

DEFAULT_PORTS: Final = {"http": 80, "https": 443, "ws": 80, "wss": 443}

# RFC 3986, section 3.2.2: a registered name or an IPv4 address, or an IP literal in brackets.
_AUTHORITY: Final = re.compile(
    r"(?:\[(?P<literal>[0-9A-Za-z:.%\-_~]+)\]|(?P<name>[0-9A-Za-z\-._~!$&'()*+,;=%]+))"
    r"(?::(?P<port>[0-9]{0,5}))?"
)


class Address(NamedTuple):
    """A host, without the brackets of an IP literal, and a port."""

    host: str
    port: int | None


def parse_authority(field: str) -> Address:
    """Read a Host field; raise `ValueError` for anything that is no host with or without a port."""
    found = _AUTHORITY.fullmatch(field)
    if found is None:
        raise ValueError("It must be a host, or a host and a port.")
    port = int(found["port"]) if found["port"] else None
    if port is not None and port > 65535:
        raise ValueError("Its port must not exceed 65535.")
    return Address(found["literal"] or found["name"], port)


def read_address(pair: Iterable[object] | None) -> Address | None:
    """Read `client` or `server` of a scope: a list, a tuple, an iterator that gives once, or None.

    The port of a Unix socket is None.
    """
    if pair is None:
        return None
    host, port = (*pair, None, None)[:2]
    if not isinstance(host, str) or not host:
        return None
    return Address(host, port if isinstance(port, int) else None)


def format_authority(address: Address, scheme: str) -> str:
    """Write a host and a port, which is left out where the scheme implies it."""
    host = f"[{address.host}]" if ":" in address.host else address.host
    if address.port is None or address.port == DEFAULT_PORTS.get(scheme):
        return host
    return f"{host}:{address.port}"
