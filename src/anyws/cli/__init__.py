"""The command `anyws`, and the launcher behind `anyws.run` and `anyws.serve`."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from socket import socket

from anyws.cli.addresses import TcpAddress
from anyws.cli.arguments import ServeArguments, parse_command
from anyws.cli.complaints import exit_code_of
from anyws.cli.inspecting.commands import inspect_as
from anyws.cli.listening import listening_on
from anyws.cli.loading import load_application
from anyws.cli.requirements import check_requirements
from anyws.cli.server import run_on
from anyws.cli.settling import settle
from anyws.cli.systemd import take_activation


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code, which is 0 after a stop by a signal."""
    typed = sys.argv[1:] if arguments is None else arguments
    return exit_code_of(partial(_obey, typed))


def _obey(typed: Sequence[str]) -> None:
    given = parse_command(typed)
    if isinstance(given, ServeArguments):
        _serve(given, typed)
    else:
        inspect_as(given)


def _serve(given: ServeArguments, typed: Sequence[str]) -> None:
    check_requirements(backend=given.backend, uvloop=given.uvloop, reload=given.processes.reload)
    given = replace(given, options=settle(given.options))
    activated = take_activation(os.environ) if given.address is None else None
    origin = "" if activated is None else ", a socket from systemd"
    with listening_on(given.address or activated or TcpAddress()) as listener:
        if given.processes.supervised:
            # It needs signals that not every system has.
            from anyws.cli.supervisor import supervise

            supervise(listener, given, typed, origin=origin)
        else:
            _serve_here(listener, given, origin)


def _serve_here(listener: socket, given: ServeArguments, origin: str) -> None:
    run_on(
        listener,
        load_application(given.target),
        name=given.target,
        backend=given.backend,
        uvloop=given.uvloop,
        options=given.options,
        origin=origin,
    )
