"""From an error to what the command prints and the code that it ends with."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from anyws.cli.errors import ApplicationFailed, LaunchError, TargetError

FAILED: Final = 1
MISUSED: Final = 2
INTERRUPTED: Final = 130


def exit_code_of(work: Callable[[], object]) -> int:
    """Do the work of a process and give its exit code, 0 where nothing is raised.

    What keeps an application from being served is one line on stderr and the code 2; a startup or
    shutdown that failed is its message and the code 1.
    """
    try:
        work()
    except ApplicationFailed as error:
        say(str(error))
        return FAILED
    except LaunchError as error:
        if error.__cause__ is not None and isinstance(error, TargetError):
            traceback.print_exception(error.__cause__)
        say(str(error))
        return MISUSED
    except KeyboardInterrupt:
        return INTERRUPTED
    return 0


def say(text: str) -> None:
    """Print a line on stderr, with the name of the command before it."""
    tell(f"anyws: {text}\n")


def tell(text: str) -> None:
    """Print text on stderr, or nothing where nobody reads it any more."""
    with suppress(OSError):
        sys.stderr.write(text)
