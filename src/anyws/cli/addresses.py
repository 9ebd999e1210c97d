"""Where to listen, as it is written: `host:port`, `unix:/path/of.sock`, `fd://3`."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Final, TypeAlias

from anyws.cli.errors import InvalidOption

DEFAULT_HOST: Final = "127.0.0.1"
DEFAULT_PORT: Final = 8000
HIGHEST_PORT: Final = 65535

_UNIX: Final = "unix:"
_DESCRIPTOR: Final = "fd://"


@dataclass(frozen=True)
class TcpAddress:
    """A host, by name or by number, and a port, 0 for one that the system picks."""

    host: str = DEFAULT_HOST
    port: int = DEFAULT_PORT


@dataclass(frozen=True)
class UnixAddress:
    """The path of a Unix socket."""

    path: str


@dataclass(frozen=True)
class Inherited:
    """The file descriptor of a socket that listens already and came from the parent process."""

    descriptor: int


Address: TypeAlias = TcpAddress | UnixAddress | Inherited


def parse_address(text: str) -> Address:
    """Read an address. Raises `InvalidOption`."""
    if text.startswith(_UNIX):
        return UnixAddress(_path_in(text))
    if text.startswith(_DESCRIPTOR):
        return Inherited(_descriptor_in(text))
    host, colon, port = text.rpartition(":")
    if colon == "":
        raise InvalidOption(f"{text!r} has no port: write host:port, as {DEFAULT_HOST}:8000")
    if host == "":
        raise InvalidOption(
            f"{text!r} has no host: write 0.0.0.0:{port} for every address of this machine"
        )
    if host.startswith("[") and host.endswith("]"):
        return TcpAddress(host[1:-1], parse_port(port))
    if ":" in host:
        raise InvalidOption(f"{text!r} is ambiguous: write an IPv6 address as [::1]:8000")
    return TcpAddress(host, parse_port(port))


def parse_port(text: str) -> int:
    """Read a port number, 0 included. Raises `InvalidOption`."""
    if not _is_number(text) or int(text) > HIGHEST_PORT:
        raise InvalidOption(f"{text!r} is no port: give a number from 0 to {HIGHEST_PORT}")
    return int(text)


def choose_address(bind: str | None, host: str | None, port: int | None) -> Address | None:
    """Make one address of what was given, None of nothing. Raises `InvalidOption`."""
    if bind is None:
        if host is None and port is None:
            return None
        return TcpAddress(
            DEFAULT_HOST if host is None else host, DEFAULT_PORT if port is None else port
        )
    if host is not None or port is not None:
        raise InvalidOption("--bind stands for --host and --port together: give it alone")
    return parse_address(bind)


def _path_in(text: str) -> str:
    # A URL would be unix:///run/shop.sock.
    path = text.removeprefix(_UNIX).removeprefix("//")
    if not os.path.isabs(path):
        raise InvalidOption(f"{text!r} has no absolute path: write unix:/run/shop.sock")
    return path


def _descriptor_in(text: str) -> int:
    number = text.removeprefix(_DESCRIPTOR)
    if not _is_number(number):
        raise InvalidOption(f"{text!r} names no file descriptor: write its number, as fd://3")
    return int(number)


def _is_number(text: str) -> bool:
    # A number of more digits than Python reads is none either.
    return text.isascii() and text.isdigit() and len(text) < 10
