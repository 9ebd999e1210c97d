"""What proxies say of the clients for whom they ask."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from typing import Final, TypeAlias

from anyws._asgi.types import ASGIApp, Receive, Scope, Send

_Address: TypeAlias = IPv4Address | IPv6Address

_HOST: Final = re.compile(rb"(?:[A-Za-z0-9._~!$&'()*+;=%-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")
_WITH_PORT: Final = re.compile(r"\[(?P<v6>[^\]]+)\](?::\d+)?|(?P<v4>[\d.]+):\d+")
_SCHEMES: Final = {
    "http": {b"http": "http", b"https": "https"},
    "websocket": {b"http": "ws", b"https": "wss", b"ws": "ws", b"wss": "wss"},
}


class Proxies:
    """The proxies that are trusted: addresses and networks, `"unix"`, and `"*"` for anybody."""

    def __init__(self, trusted: Iterable[str]) -> None:
        listed = frozenset(trusted)
        self._anybody = "*" in listed
        self._unix = "unix" in listed
        self._networks: tuple[IPv4Network | IPv6Network, ...] = tuple(
            ip_network(text) for text in listed - {"*", "unix"}
        )
        self._knows = lru_cache(maxsize=1024)(self._look_up)

    def trusts(self, client: tuple[str, int] | None) -> bool:
        """Tell whether what the other end of a connection says is believed; None is no TCP."""
        if self._anybody:
            return True
        return self._unix if client is None else self._knows(client[0])

    def client_of(self, forwarded: list[bytes]) -> str | None:
        """Give the last of the forwarded addresses that is no proxy's: what is before it could
        be anything. None where it is no address."""
        client: str | None = None
        for entry in reversed(forwarded):
            address = _read_address(entry.decode("latin-1"))
            if address is None:
                break
            client = str(address)
            if not self._knows(client):
                break
        return client

    def _look_up(self, text: str) -> bool:
        address = _read_address(text)
        return address is not None and any(address in network for network in self._networks)


class ForwardedHeaders:
    """An ASGI application around another one, for which scopes say what trusted proxies say.

    X-Forwarded-For becomes the client, its port 0; X-Forwarded-Proto the scheme, `wss` for a
    WebSocket over https; X-Forwarded-Host the Host header, with which origins are compared. What
    is malformed, and what comes from anybody else, changes nothing.
    """

    def __init__(self, application: ASGIApp, trusted: Iterable[str]) -> None:
        self._application = application
        self._proxies = Proxies(trusted)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in _SCHEMES and self._proxies.trusts(scope.get("client")):
            scope = self._correct(scope)
        await self._application(scope, receive, send)

    def _correct(self, scope: Scope) -> Scope:
        corrected = dict(scope)
        client = self._proxies.client_of(_values(scope, b"x-forwarded-for"))
        if client is not None:
            corrected["client"] = (client, 0)
        for proto in _values(scope, b"x-forwarded-proto")[-1:]:
            corrected["scheme"] = _SCHEMES[scope["type"]].get(proto.lower(), scope["scheme"])
        for host in _values(scope, b"x-forwarded-host")[-1:]:
            if _HOST.fullmatch(host):
                others = [header for header in scope["headers"] if header[0].lower() != b"host"]
                corrected["headers"] = [(b"host", host), *others]
        return corrected


def _values(scope: Scope, name: bytes) -> list[bytes]:
    """Give the values of a header that is a list, in order (RFC 9110, section 5.3)."""
    return [value for value in _all_values(scope["headers"], name) if value]


def _all_values(headers: Iterable[tuple[bytes, bytes]], name: bytes) -> Iterator[bytes]:
    for found, value in headers:
        if found.lower() == name:
            yield from (part.strip() for part in value.split(b","))


def _read_address(text: str) -> _Address | None:
    """Read an address, which may have a port; an IPv4 one in IPv6 clothes is an IPv4 one."""
    found = _WITH_PORT.fullmatch(text)
    try:
        address = ip_address(text if found is None else found["v6"] or found["v4"])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return address if mapped is None else mapped
