"""What the command line says, as a value."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any, Final, Literal, NoReturn, TypeAlias

from anyws.cli.addresses import DEFAULT_HOST, DEFAULT_PORT, Address, choose_address, parse_port
from anyws.cli.errors import InvalidOption
from anyws.cli.flags import add_flags, read_flags
from anyws.cli.inspecting.arguments import (
    CheckArguments,
    RoutesArguments,
    add_inspecting_commands,
    read_inspecting_command,
)
from anyws.cli.options import ServeOptions
from anyws.cli.processes import Processes, add_process_flags, read_processes

Backend: TypeAlias = Literal["asyncio", "trio"]

DEFAULT_BACKEND: Final = "trio"


@dataclass(frozen=True)
class ServeArguments:
    """The command `anyws serve`, as it was typed."""

    target: str
    address: Address | None
    """None where none was given: it's systemd's socket then, or the default."""

    backend: Backend
    uvloop: bool
    options: ServeOptions = field(default_factory=ServeOptions)
    processes: Processes = field(default_factory=Processes)


def parse_command(
    arguments: Sequence[str] | None = None,
) -> ServeArguments | RoutesArguments | CheckArguments:
    """Read the command line, `sys.argv` where none is given.

    Raises `InvalidOption` with one line of text for what cannot be understood, and `SystemExit`
    after printing the help that was asked for.
    """
    given = _parser().parse_args(arguments)
    inspecting = read_inspecting_command(given)
    return _read_serve(given) if inspecting is None else inspecting


def parse_arguments(arguments: Sequence[str] | None = None) -> ServeArguments:
    """Do what `parse_command` does, for `anyws serve` alone."""
    given = parse_command(arguments)
    if not isinstance(given, ServeArguments):
        raise InvalidOption("only `anyws serve` serves an application")
    return given


def _read_serve(given: Namespace) -> ServeArguments:
    port = None if given.port is None else parse_port(given.port)
    return ServeArguments(
        given.target,
        choose_address(given.bind, given.host, port),
        given.backend,
        given.uvloop,
        options=read_flags(given),
        processes=read_processes(given),
    )


class _Parser(ArgumentParser):
    """A parser that raises its complaint instead of printing two lines and ending the process.

    It takes no abbreviations: what means one option today may mean two with the next release.
    """

    def __init__(self, **settings: Any) -> None:
        super().__init__(allow_abbrev=False, **settings)

    def error(self, message: str) -> NoReturn:
        raise InvalidOption(f"{message} (see `{self.prog} --help`)")


def _parser() -> ArgumentParser:
    parser = _Parser(prog="anyws", description="Serve ASGI applications, and look at them.")
    parser.add_argument("--version", action="version", version=f"anyws {version('anyws')}")
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
        metavar="address",
        help="host:port or [IPv6 address]:port, in the place of --host and --port;"
        " unix:/path/of.sock, a Unix socket; fd://3, a listening socket that was inherited",
    )
    serve.add_argument(
        "--host",
        help=f"the host name or address to listen on (default: {DEFAULT_HOST});"
        " 0.0.0.0 is every IPv4 address of this machine",
    )
    serve.add_argument(
        "--port",
        help=f"the port (default: {DEFAULT_PORT}); 0 is one that the system picks",
    )
    add_process_flags(serve)
    add_flags(serve)
    add_inspecting_commands(commands.add_parser)
    return parser
