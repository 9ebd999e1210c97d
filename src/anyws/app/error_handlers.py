"""Error handlers: which one an exception goes to, and which exception of several."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Awaitable, Callable, Iterable, Iterator
from typing import Final, NamedTuple, TypeAlias

from anyws._callables import is_coroutine_function
from anyws.errors.usage import CompatibilityError

Handler: TypeAlias = Callable[..., Awaitable[None]]

_logger = logging.getLogger("anyws")

_PARAMETERS: Final = ("req", "resp", "ex", "params")


class Registration(NamedTuple):
    """A handler, and the class that it was registered for."""

    kind: type[Exception]
    handler: Handler
    takes_ws: bool
    """Whether the handler wants the WebSocket, as a parameter `ws` or among `**kwargs`."""


class ErrorHandlers:
    """The error handlers of an application, by class of exception."""

    __slots__ = ("_registrations",)

    def __init__(self) -> None:
        self._registrations: dict[type[Exception], Registration] = {}

    def add(
        self,
        exception: type[Exception] | Iterable[type[Exception]],
        handler: Handler | None = None,
    ) -> None:
        """Register a handler for one class or several; for one class the last one counts.

        Raises `TypeError` for what is no class of exceptions, `AttributeError` where the handler
        is left out and a class has no `handle`, `CompatibilityError` for a handler that is no
        coroutine function. Nothing is registered then.
        """
        kinds = tuple(exception) if isinstance(exception, Iterable) else (exception,)
        added = [_register(kind, handler) for kind in kinds]
        self._registrations.update((registration.kind, registration) for registration in added)

    def __iter__(self) -> Iterator[Registration]:
        """Give what is registered, in the order in which the classes came."""
        return iter(tuple(self._registrations.values()))

    def find(self, kind: type[Exception]) -> Registration | None:
        """Give the handler of the most specific class, None if there is not any."""
        for base in kind.__mro__:
            if base in self._registrations:
                return self._registrations[base]
        return None

    def choose(
        self, errors: list[Exception], is_expected: Callable[[Exception], bool]
    ) -> Exception:
        """Choose the one to handle of exceptions that were raised at once.

        Those that are expected (this connection has ended) don't count beside others. Several
        that one handler is for are handled as their first; several of different kinds are a group,
        which is for the handler of `Exception`. What is passed over is logged.
        """
        counting = [error for error in errors if not is_expected(error)] or errors[:1]
        if len({self._handling_class(error) for error in counting}) > 1:
            return ExceptionGroup("errors of several kinds at once", counting)
        first, *others = counting
        unforeseen = self._handling_class(first) in (Exception, None)
        for error in others:
            # Of those that were raised on purpose the program knows; the rest would be lost.
            _logger.log(
                logging.ERROR if unforeseen else logging.DEBUG,
                "raised together with %r: %r",
                first,
                error,
                exc_info=error,
            )
        return first

    def _handling_class(self, error: Exception) -> type[Exception] | None:
        found = self.find(type(error))
        return None if found is None else found.kind


def _register(kind: object, handler: Handler | None) -> Registration:
    if not isinstance(kind, type) or not issubclass(kind, Exception):
        raise TypeError(
            f"an error handler is for subclasses of Exception, not for {kind!r}; the class comes "
            "first, the handler second, and a status goes by its class: "
            "add_error_handler(anyws.HTTPNotFound, handler)"
        )
    if handler is None:
        try:
            handler = kind.handle  # type: ignore[attr-defined]  # the class may or may not have it
        except AttributeError:
            raise AttributeError(
                f"no handler was given for {kind.__name__}, and the class has no static method "
                "handle(req, resp, ex, params) to take its place"
            ) from None
    assert handler is not None  # None is not what a class keeps in `handle`
    if not is_coroutine_function(handler):
        raise CompatibilityError(
            f"the error handler {handler!r} is not a coroutine function: define it with 'async def'"
        )
    return Registration(kind, handler, takes_ws=_takes_ws(handler))


def _takes_ws(handler: Handler) -> bool:
    signature = inspect.signature(handler)
    if _binds(signature, ws=None):
        return True
    if _binds(signature):
        return False
    raise TypeError(
        f"the error handler {handler!r} takes {signature}; it is called with "
        f"({', '.join(_PARAMETERS)}), and for a WebSocket with ws=… if it takes that"
    )


def _binds(signature: inspect.Signature, **named: None) -> bool:
    try:
        signature.bind(*_PARAMETERS, **named)
    except TypeError:
        return False
    return True
