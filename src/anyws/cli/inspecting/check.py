"""The command `anyws check`."""

from __future__ import annotations

import sys
import traceback
from dataclasses import replace
from functools import partial

import anyio

from anyws._asgi.types import ASGIApp
from anyws.cli.errors import ApplicationFailed, TargetError
from anyws.cli.inspecting.arguments import CheckArguments
from anyws.cli.inspecting.columns import counted, shown
from anyws.cli.inspecting.trial import Trial
from anyws.cli.loading import load_application
from anyws.cli.requirements import check_event_loop
from anyws.inspection import Mistake, find_app, find_mistakes


class MistakesFound(ApplicationFailed):
    """The application has mistakes, which have been printed."""


def check(given: CheckArguments) -> None:
    """Write the mistakes in an application to stdout.

    Raises `MistakesFound` if there are any, and a `LaunchError` where it can't be looked at.
    """
    check_event_loop(backend=given.backend, uvloop=given.uvloop)
    application = _load(given.target)
    trial = Trial(application, look=partial(_search, application))
    anyio.run(
        trial.run,
        given.deadline,
        backend=given.backend,
        backend_options={"use_uvloop": given.uvloop} if given.backend == "asyncio" else {},
    )
    mistakes = trial.seen if trial.seen is not None else _search(application)
    problems = [*map(_told, mistakes)]
    if trial.failure is not None:
        problems.append(trial.failure)
    if find_app(application) is None:
        sys.stdout.write(
            f"no anyws.App is to be found behind {given.target}: only its lifespan is tried\n"
        )
    sys.stdout.write("".join(f"{problem}\n" for problem in problems))
    if problems:
        raise MistakesFound(f"{counted(len(problems), 'mistake')} in {given.target}")
    sys.stdout.write(
        f"{given.target}: no mistakes found, started and shut down on {_loop(given)}\n"
    )


def _load(target: str) -> ASGIApp:
    try:
        return load_application(target)
    except TargetError as error:
        if error.__cause__ is None:
            raise
        traceback.print_exception(error.__cause__)
        raise MistakesFound(str(error)) from error


def _search(application: ASGIApp) -> tuple[Mistake, ...]:
    return () if find_app(application) is None else find_mistakes(application)


def _told(mistake: Mistake) -> str:
    place = shown(mistake.source)
    without = str(replace(mistake, source=None))
    return f"{place}: {without}" if place else without


def _loop(given: CheckArguments) -> str:
    return "uvloop" if given.uvloop else given.backend
