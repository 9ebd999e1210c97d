"""What the command line says, as a value."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, NoReturn, TypeAlias, cast

from anyws.cli.errors import InvalidOption
from anyws.cli.flags import add_flags, read_flags
from anyws.cli.listening import HIGHEST_PORT
from anyws.cli.options import ServeOptions

Backend: TypeAlias = Literal["asyncio", "trio"]

DEFAULT_HOST: Final = "127.0.0.1"
DEFAULT_PORT: Final = 8000
DEFAULT_BACKEND: Final = "trio"


@dataclass(frozen=True)
class ServeArguments:
    """The command `anyws serve`, as it was typed."""

    target: str
    host: str
    port: int
    backend: Backend
    uvloop: bool
    options: ServeOptions = field(default_factory=ServeOptions)


def parse_arguments(arguments: Sequence[str] | None = None) -> ServeArguments:
    """Read the command line, `sys.argv` where none is given.

    Raises `InvalidOption` with one line of text for what cannot be understood, and `SystemExit`
    after printing the help that was asked for.
    """
    given = _parser().parse_args(arguments)
    address = cast("tuple[str, int] | None", given.bind)
    host = cast("str | None", given.host)
    port = cast("int | None", given.port)
    if address is not None and (host is not None or port is not None):
        raise InvalidOption("--bind stands for --host and --port together: give it alone")
    if address is None:
        address = (
            DEFAULT_HOST if host is None else host,
            DEFAULT_PORT if port is None else port,
        )
    return ServeArguments(
        given.target, *address, given.backend, given.uvloop, options=read_flags(given)
    )


class _Parser(ArgumentParser):
    """A parser that raises its complaint instead of printing two lines and ending the process."""

    def error(self, message: str) -> NoReturn:
        raise InvalidOption(f"{message} (see `{self.prog} --help`)")


def _parser() -> ArgumentParser:
    parser = _Parser(prog="anyws", description="Serve ASGI applications, on Trio or asyncio.")
    commands = parser.add_subparsers(dest="command", metavar="command", required=True)
    serve = commands.add_parser(
        "serve",
        help="serve an application over HTTP and WebSocket",
        description="Serve an application over HTTP and WebSocket until a signal ends it.",
    )
    serve.add_argument(
        "target",
        metavar="module:app",
        help="the application, or `module:make_app()` for what a function without arguments"
        " returns; modules of the current folder can be named",
    )
    serve.add_argument(
        "--backend",
        choices=("trio", "asyncio"),
        default=DEFAULT_BACKEND,
        help="the event loop (default: %(default)s)",
    )
    serve.add_argument("--uvloop", action="store_true", help="with --backend asyncio: use uvloop")
    serve.add_argument(
        "--bind",
        metavar="host:port",
        type=parse_address,
        help="the address to listen on, in the place of --host and --port",
    )
    serve.add_argument(
        "--host",
        help=f"the host name or address to listen on (default: {DEFAULT_HOST});"
        " 0.0.0.0 is every IPv4 address of this machine",
    )
    serve.add_argument(
        "--port",
        type=parse_port,
        help=f"the port (default: {DEFAULT_PORT}); 0 is one that the system picks",
    )
    add_flags(serve)
    return parser


def parse_address(text: str) -> tuple[str, int]:
    """Take `host:port` or `[IPv6 address]:port` apart."""
    host, colon, port = text.rpartition(":")
    if colon == "":
        raise ArgumentTypeError(f"{text!r} has no port: write host:port, as {DEFAULT_HOST}:8000")
    if host == "":
        raise ArgumentTypeError(
            f"{text!r} has no host: write 0.0.0.0:{port} for every address of this machine"
        )
    if host.startswith("[") and host.endswith("]"):
        return host[1:-1], parse_port(port)
    if ":" in host:
        raise ArgumentTypeError(f"{text!r} is ambiguous: write an IPv6 address as [::1]:8000")
    return host, parse_port(port)


def parse_port(text: str) -> int:
    """Read a port number, 0 included."""
    if not (text.isascii() and text.isdigit()) or int(text) > HIGHEST_PORT:
        raise ArgumentTypeError(f"{text!r} is no port: give a number from 0 to {HIGHEST_PORT}")
    return int(text)
