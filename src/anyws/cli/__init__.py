"""The command `anyws`, and the launcher behind `anyws.run` and `anyws.serve`."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Sequence
from contextlib import closing
from typing import Final

from anyws.cli.arguments import ServeArguments, parse_arguments
from anyws.cli.errors import ApplicationFailed, LaunchError, TargetError
from anyws.cli.listening import listen
from anyws.cli.loading import load_application
from anyws.cli.requirements import check_requirements
from anyws.cli.server import run_on

FAILED: Final = 1
MISUSED: Final = 2
INTERRUPTED: Final = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code, which is 0 after a stop by a signal.

    What keeps an application from being served is one line on stderr and the code 2; a startup or
    shutdown that failed is its message and the code 1.
    """
    try:
        _serve(parse_arguments(arguments))
    except ApplicationFailed as error:
        _complain(error)
        return FAILED
    except LaunchError as error:
        if error.__cause__ is not None and isinstance(error, TargetError):
            traceback.print_exception(error.__cause__)
        _complain(error)
        return MISUSED
    except KeyboardInterrupt:
        return INTERRUPTED
    return 0


def _serve(given: ServeArguments) -> None:
    check_requirements(backend=given.backend, uvloop=given.uvloop)
    with closing(listen(given.host, given.port)) as listener:
        run_on(
            listener,
            load_application(given.target),
            name=given.target,
            backend=given.backend,
            uvloop=given.uvloop,
            options=given.options,
        )


def _complain(error: LaunchError) -> None:
    sys.stderr.write(f"anyws: {error}\n")
