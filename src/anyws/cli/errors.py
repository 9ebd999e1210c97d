"""Why an application cannot be served: each error's text is one line with the remedy in it."""

from __future__ import annotations


class LaunchError(Exception):
    """The application cannot be served as asked."""


class InvalidOption(LaunchError, ValueError):
    """An option has a value that it cannot have, or contradicts another one."""


class MissingPackage(LaunchError, ImportError):
    """A package that the chosen way of serving needs is not installed."""


class UnavailableAddress(LaunchError, OSError):
    """The host and port cannot be listened on."""


class TargetError(LaunchError):
    """What the command line names is not an ASGI application.

    Where the user's own code raised, that exception is the `__cause__`.
    """


class ApplicationFailed(LaunchError, RuntimeError):
    """The application reported that its startup or shutdown failed, or it did not end.

    The text of a report is the application's own message, which may have many lines (ASGI
    specification, lifespan protocol, `lifespan.startup.failed` and `lifespan.shutdown.failed`).
    """
