"""How an application is served: what can be set, and what it can be set to."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_network
from math import inf
from os import PathLike
from typing import Final, Literal, TypeAlias, get_args

from anyws.cli.errors import InvalidOption

AccessLog: TypeAlias = Literal["off", "line", "json"]

ACCESS_LOGS: Final = get_args(AccessLog)


@dataclass(frozen=True, kw_only=True)
class ServeOptions:
    """How `anyws serve`, `anyws.run()` and `anyws.serve()` serve an application.

    Raises `InvalidOption` (a ValueError) for a value that can never work.
    """

    drain_deadline: float = 25.0
    """Seconds from the first signal until nothing of the application is left. What asks for the
    end of a process, Kubernetes or systemd for example, has to wait longer than that."""

    drain_spread: float = 0.0
    """Seconds over which a drain spreads the closes of sockets, so that their clients do not all
    come back at once. Less than `drain_deadline`."""

    ping_interval: float | None = 20.0
    """Seconds between two pings on each WebSocket, at most (RFC 6455, section 5.5.2). None sends
    none, and drops nobody."""

    ping_timeout: float = 20.0
    """Seconds after a ping in which something must come from the client, or its connection is
    dropped: the application sees a disconnect with 1006. A client that is held back because
    the application does not read is kept, and one that takes slowly what it is sent. So is a
    client of plain HTTP, whatever it waits for."""

    compression: bool = True
    """Whether permessage-deflate (RFC 7692) is agreed to when a client offers it. It takes about
    100 KiB of memory for each connection that sends and receives."""

    max_connections: int | None = None
    """TCP connections that are open at once in one worker. A further one is closed at once, which
    is logged every ten seconds at most. On asyncio one whose TLS handshake is under way does not
    count yet."""

    max_message_size: int = 16 * 2**20
    """Bytes, characters for text, of a message that Hypercorn puts together for the application;
    more is a 1009, of which the application is not told. `app.ws_options.max_message_size` is
    usually less."""

    header_timeout: float = 5.0
    """Seconds in which the head of a request has to arrive, with HTTP/2 the preface before it as
    well, and that a connection is kept open between two requests."""

    tls_handshake_timeout: float = 10.0
    """Seconds for the handshake of TLS."""

    certfile: str | PathLike[str] | None = None
    """The certificate chain, PEM: with it connections are TLS, with HTTP/2 for clients that ask
    for it (ALPN). Goes with `keyfile`."""

    keyfile: str | PathLike[str] | None = None
    """The private key of the certificate, PEM."""

    access_log: AccessLog = "off"
    """What is written to stdout for each request and WebSocket when it has ended: nothing, a line,
    or an object in JSON. The query string, where secrets are, is left out."""

    trusted_proxies: tuple[str, ...] = ()
    """The addresses and networks of proxies whose X-Forwarded-For, -Proto and -Host are believed,
    `"*"` for any client's, `"unix"` for what comes over a Unix socket."""

    config: str | PathLike[str] | None = None
    """A file in Hypercorn's format, TOML or Python, for all else. Where it sets what is an option
    as well, an option that is not at its default counts."""

    def __post_init__(self) -> None:
        for name in ("drain_deadline", "ping_timeout", "header_timeout", "tls_handshake_timeout"):
            self._check_positive(name, "of seconds ")
        if self.ping_interval is not None:
            self._check_positive("ping_interval", "of seconds ")
        if self.max_connections is not None:
            self._check_positive("max_connections")
        self._check_positive("max_message_size", "of bytes ")
        if not 0 <= self.drain_spread < self.drain_deadline:
            raise InvalidOption(
                f"drain_spread={self.drain_spread!r} does not fit into "
                f"drain_deadline={self.drain_deadline!r}: give 0 seconds or more, and less than that"
            )
        if (self.certfile is None) != (self.keyfile is None):
            raise InvalidOption(
                f"certfile={self.certfile!r} and keyfile={self.keyfile!r}: TLS takes both"
            )
        if self.access_log not in ACCESS_LOGS:
            raise InvalidOption(
                f"access_log={self.access_log!r} is not known: give one of {', '.join(ACCESS_LOGS)}"
            )
        for proxy in self.trusted_proxies:
            _check_proxy(proxy)

    def _check_positive(self, name: str, of_unit: str = "") -> None:
        value = getattr(self, name)
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if not number or not 0 < value < inf:
            raise InvalidOption(f"{name}={value!r} can't be: give a number {of_unit}above 0")


def _check_proxy(proxy: str) -> None:
    if proxy in ("*", "unix"):
        return
    try:
        ip_network(proxy)
    except ValueError as error:
        raise InvalidOption(
            f"trusted_proxies has {proxy!r}, which is no address and no network ({error}): give "
            'for example "10.0.0.7" or "10.0.0.0/8"'
        ) from error
