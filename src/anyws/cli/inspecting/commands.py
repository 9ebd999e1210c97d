"""The commands that look at an application, and which is which."""

from __future__ import annotations

from anyws.cli.inspecting.arguments import CheckArguments, RoutesArguments
from anyws.cli.inspecting.check import check
from anyws.cli.inspecting.routes import show_routes


def inspect_as(given: RoutesArguments | CheckArguments) -> None:
    """Do what the command line says.

    Raises a `LaunchError` where that can't be done, `MistakesFound` where `check` has found some.
    """
    match given:
        case RoutesArguments():
            show_routes(given)
        case CheckArguments():
            check(given)
