"""How many processes serve, and when they are replaced."""

from __future__ import annotations

import os
from argparse import ArgumentParser, Namespace
from dataclasses import dataclass

from anyws.cli.errors import InvalidOption


@dataclass(frozen=True, kw_only=True)
class Processes:
    """The processes of `anyws serve`.

    Raises `InvalidOption` for numbers and combinations that cannot be.
    """

    workers: int = 1
    """Processes that serve, each with the application to itself, on one address."""

    rolling: bool = False
    """Whether a SIGHUP replaces them one after the other, so that one is always there to serve."""

    reload: bool = False
    """Whether the process is replaced when a Python file of the current folder changes."""

    def __post_init__(self) -> None:
        if self.workers < 1:
            raise InvalidOption(f"--workers {self.workers}: give a number from 1 on")
        if self.reload and self.workers > 1:
            raise InvalidOption(
                f"--reload and --workers {self.workers}: --reload is for development, with one"
                " process; to load new code in service send SIGHUP"
            )
        if self.reload and self.rolling:
            raise InvalidOption(
                "--reload and --rolling: --reload is for development and does not wait; leave one"
                " of them out"
            )
        if self.supervised and os.name != "posix":
            raise InvalidOption("--workers, --rolling and --reload need a POSIX system")

    @property
    def supervised(self) -> bool:
        """Whether a process of its own looks after those that serve."""
        return self.workers > 1 or self.rolling or self.reload


def add_process_flags(parser: ArgumentParser) -> None:
    """Add a flag for each field of `Processes`."""
    group = parser.add_argument_group("processes")
    group.add_argument(
        "--workers",
        metavar="number",
        type=int,
        default=1,
        help="processes that serve (default: %(default)s); SIGHUP starts them anew",
    )
    group.add_argument(
        "--rolling",
        action="store_true",
        help="at a SIGHUP replace them one after the other, without a moment in which none serves",
    )
    group.add_argument(
        "--reload",
        action="store_true",
        help="for development: start anew when a Python file of this folder changes",
    )


def read_processes(given: Namespace) -> Processes:
    """Make the value out of what was given. Raises `InvalidOption`."""
    return Processes(workers=given.workers, rolling=given.rolling, reload=given.reload)
