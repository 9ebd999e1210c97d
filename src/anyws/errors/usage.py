"""Errors of the program that uses anyws, or of the server that it runs on."""

from __future__ import annotations


class OperationNotAllowed(ValueError):
    """The call is not allowed in the state that the object is in.

    Raised, for example, by a send before `accept()`. The object is as it was before the call.
    """


class UnsupportedError(RuntimeError):
    """The server offers, or the call asks for, something that anyws does not support."""


class UnsupportedScopeError(RuntimeError):
    """The ASGI scope is of a type or a specification version that anyws does not speak.

    It leaves the application as the ASGI specification asks for scopes that an application
    does not know: nothing has been sent.
    """


class CompatibilityError(ValueError):
    """A component or a handler has a form that anyws cannot run.

    Raised where it is registered, not where it would first be called.
    """


class UnacceptableRouteError(ValueError):
    """A URI template that is malformed, or that contradicts one added earlier."""
