"""The options of serving, as flags of the command line."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from anyws.cli.options import ACCESS_LOGS, ServeOptions

_DEFAULTS = ServeOptions()


def add_flags(parser: ArgumentParser) -> None:
    """Add a flag for each field of `ServeOptions`, by groups."""
    _add_drain(parser)
    _add_websockets(parser)
    _add_limits(parser)
    _add_network(parser)


def read_flags(given: Namespace) -> ServeOptions:
    """Make the options out of what was given. Raises `InvalidOption`."""
    return ServeOptions(
        drain_deadline=given.drain_deadline,
        drain_spread=given.drain_spread,
        ping_interval=given.ping_interval if given.ping_interval != 0 else None,
        ping_timeout=given.ping_timeout,
        compression=given.compression,
        max_connections=given.max_connections,
        max_message_size=given.max_message_size,
        header_timeout=given.header_timeout,
        tls_handshake_timeout=given.tls_handshake_timeout,
        certfile=given.certfile,
        keyfile=given.keyfile,
        access_log=given.access_log,
        trusted_proxies=_split(given.proxy_headers),
        config=given.config,
    )


def _add_drain(parser: ArgumentParser) -> None:
    group = parser.add_argument_group("when a signal ends it")
    group.add_argument(
        "--drain-deadline",
        metavar="seconds",
        type=float,
        default=_DEFAULTS.drain_deadline,
        help="until nothing is left of the application (default: %(default)s)",
    )
    group.add_argument(
        "--drain-spread",
        metavar="seconds",
        type=float,
        default=_DEFAULTS.drain_spread,
        help="over which the closes of sockets are spread (default: %(default)s)",
    )


def _add_websockets(parser: ArgumentParser) -> None:
    group = parser.add_argument_group("WebSockets")
    group.add_argument(
        "--ping-interval",
        metavar="seconds",
        type=float,
        default=_DEFAULTS.ping_interval,
        help="between two pings; 0 sends none (default: %(default)s)",
    )
    group.add_argument(
        "--ping-timeout",
        metavar="seconds",
        type=float,
        default=_DEFAULTS.ping_timeout,
        help="that a client has to answer before it is dropped (default: %(default)s)",
    )
    group.add_argument(
        "--no-compression",
        dest="compression",
        action="store_false",
        help="do not agree to permessage-deflate, which takes some 100 KiB for each connection",
    )
    group.add_argument(
        "--max-message-size",
        metavar="bytes",
        type=int,
        default=_DEFAULTS.max_message_size,
        help="that Hypercorn puts together (default: %(default)s); the application's own limit,"
        " ws_options.max_message_size, is usually less",
    )


def _add_limits(parser: ArgumentParser) -> None:
    group = parser.add_argument_group("connections")
    group.add_argument(
        "--max-connections",
        metavar="number",
        type=int,
        help="open at once in one worker (default: no limit)",
    )
    group.add_argument(
        "--header-timeout",
        metavar="seconds",
        type=float,
        default=_DEFAULTS.header_timeout,
        help="for the head of a request to arrive (default: %(default)s)",
    )
    group.add_argument(
        "--tls-handshake-timeout",
        metavar="seconds",
        type=float,
        default=_DEFAULTS.tls_handshake_timeout,
        help="for the handshake of TLS (default: %(default)s)",
    )


def _add_network(parser: ArgumentParser) -> None:
    group = parser.add_argument_group("TLS, proxies, logs")
    group.add_argument("--certfile", metavar="file", help="the certificate chain, PEM")
    group.add_argument("--keyfile", metavar="file", help="the certificate's private key, PEM")
    group.add_argument(
        "--proxy-headers",
        metavar="proxies",
        default="",
        help="believe the X-Forwarded-* headers of these: addresses and networks with commas"
        " between them, 'unix' for a Unix socket's, '*' for anybody's",
    )
    group.add_argument(
        "--access-log",
        choices=ACCESS_LOGS,
        default=_DEFAULTS.access_log,
        help="what is written to stdout for each request and WebSocket (default: %(default)s)",
    )
    group.add_argument(
        "--config",
        metavar="file",
        help="TOML or Python in Hypercorn's format, for all else",
    )


def _split(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())
