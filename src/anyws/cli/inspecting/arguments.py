"""What the command line says of `anyws routes` and `anyws check`."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from anyws.cli.errors import InvalidOption

Backend: TypeAlias = Literal["asyncio", "trio"]

DEFAULT_DEADLINE: Final = 30.0


@dataclass(frozen=True)
class RoutesArguments:
    """The command `anyws routes`, as it was typed."""

    target: str
    as_json: bool = False


@dataclass(frozen=True)
class CheckArguments:
    """The command `anyws check`, as it was typed."""

    target: str
    backend: Backend = "trio"
    uvloop: bool = False
    deadline: float = DEFAULT_DEADLINE


def add_inspecting_commands(add_parser: Callable[..., ArgumentParser]) -> None:
    """Add both commands."""
    routes = add_parser(
        "routes",
        help="list the routes of an application",
        description="List the routes, sinks, static routes and middleware of an application.",
    )
    _add_target(routes)
    routes.add_argument("--json", action="store_true", help="for programs: all there is, as JSON")
    check = add_parser(
        "check",
        help="look for mistakes in an application",
        description="Import an application, start it up, shut it down, and look for mistakes. The"
        " exit code is 1 if there are any.",
    )
    _add_target(check)
    check.add_argument(
        "--backend",
        choices=("trio", "asyncio"),
        default="trio",
        help="the event loop to start it up on (default: %(default)s)",
    )
    check.add_argument("--uvloop", action="store_true", help="with --backend asyncio: use uvloop")
    check.add_argument(
        "--deadline",
        metavar="seconds",
        type=float,
        default=DEFAULT_DEADLINE,
        help="for the startup and the shutdown together (default: %(default)s)",
    )


def read_inspecting_command(given: Namespace) -> RoutesArguments | CheckArguments | None:
    """Make the value out of what was given, None for another command. Raises `InvalidOption`."""
    match given.command:
        case "routes":
            return RoutesArguments(given.target, given.json)
        case "check":
            if not given.deadline > 0:
                raise InvalidOption(f"--deadline {given.deadline}: give seconds above 0")
            return CheckArguments(given.target, given.backend, given.uvloop, given.deadline)
        case _:
            return None


def _add_target(parser: ArgumentParser) -> None:
    parser.add_argument(
        "target",
        metavar="module:app",
        help="the application, or `module:make_app()` for what a function without arguments"
        " returns; it may be behind ASGI middleware that keeps what it wraps in `.app`",
    )
