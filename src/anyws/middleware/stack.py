"""The middleware of an application: components, checked once, as rows of methods to call."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import AbstractAsyncContextManager
from typing import Any, Final, NamedTuple, TypeAlias, cast

from anyws._callables import is_coroutine_function, may_make_context_manager
from anyws.errors.usage import CompatibilityError

_logger = logging.getLogger("anyws")

# What a component's method gets is checked where it is registered, by the table below.
Method: TypeAlias = Callable[..., Awaitable[None]]
LifespanManager: TypeAlias = Callable[[Any], AbstractAsyncContextManager[object]]

_PARAMETERS: Final = {
    "process_request": ("req", "resp"),
    "process_resource": ("req", "resp", "resource", "params"),
    "process_response": ("req", "resp", "resource", "req_succeeded"),
    "process_request_ws": ("req", "ws"),
    "process_resource_ws": ("req", "ws", "resource", "params"),
    "process_disconnect_ws": ("req", "ws", "resource", "error"),
    "process_startup": ("scope", "event"),
    "process_shutdown": ("scope", "event"),
}


class Component(NamedTuple):
    """The methods of one component, None for those that it does not have."""

    process_request: Method | None
    process_resource: Method | None
    process_response: Method | None
    process_request_ws: Method | None
    process_resource_ws: Method | None
    process_disconnect_ws: Method | None
    process_startup: Method | None
    process_shutdown: Method | None
    lifespan: LifespanManager | None
    instance: object
    """The component itself."""


class Row(NamedTuple):
    """A method that a component has, and the place of that component, counted from 1."""

    place: int
    method: Method


class Stack:
    """Components in the order in which they were added.

    Requests are served by rows: only those methods that there are.
    """

    __slots__ = ("components", "process_request", "process_resource", "process_response")

    def __init__(self) -> None:
        self.components: tuple[Component, ...] = ()
        self.process_request: tuple[Row, ...] = ()
        self.process_resource: tuple[Row, ...] = ()
        self.process_response: tuple[Row, ...] = ()
        """The last component's comes first."""

    def add(self, middleware: object) -> None:
        """Add one component or an iterable of them: all of them, or none if one is wrong."""
        added: Iterable[object] = (middleware,)
        if isinstance(middleware, Iterable):
            added = cast("Iterable[object]", middleware)
        self.components += tuple(_inspect(component) for component in added)
        self.process_request = self._row("process_request")
        self.process_resource = self._row("process_resource")
        self.process_response = self._row("process_response")[::-1]

    def _row(self, name: str) -> tuple[Row, ...]:
        methods = (getattr(component, name) for component in self.components)
        return tuple(
            Row(place, method) for place, method in enumerate(methods, 1) if method is not None
        )


def _inspect(component: object) -> Component:
    kind = component if isinstance(component, type) else type(component)
    if kind is component:
        raise TypeError(
            f"middleware components are instances: add {kind.__name__}() in place of the class "
            f"{kind.__name__}"
        )
    methods = {name: _method(component, name) for name in _PARAMETERS}
    for name, meant in misspellings(component):
        _logger.warning(
            "no request or connection calls %s.%s(): did you mean %s()?",
            kind.__name__,
            name,
            meant,
        )
    lifespan = cast("LifespanManager | None", getattr(component, "lifespan", None))
    if lifespan is not None and not may_make_context_manager(lifespan):
        raise CompatibilityError(
            f"{kind.__name__}.lifespan is not a function that gives an asynchronous context "
            "manager: decorate it with contextlib.asynccontextmanager"
        )
    if lifespan is None and not any(methods.values()):
        raise TypeError(
            f"{kind.__name__} is no middleware component: it has none of "
            f"{', '.join(_PARAMETERS)} and lifespan"
        )
    if lifespan is not None and (methods["process_startup"] or methods["process_shutdown"]):
        raise CompatibilityError(
            f"{kind.__name__} has lifespan() beside process_startup() or process_shutdown(): "
            "lifespan() takes the place of both"
        )
    return Component(**methods, lifespan=lifespan, instance=component)


def misspellings(component: object) -> Iterator[tuple[str, str]]:
    """Give the methods that no request calls, each with the name that may have been meant."""
    for name in dir(component):
        if not name.startswith("process_") or name in _PARAMETERS:
            continue
        # It is for mistakes alone, and takes long to import.
        from difflib import get_close_matches

        for meant in get_close_matches(name, _PARAMETERS, n=1, cutoff=0.9):
            yield name, meant


def _method(component: object, name: str) -> Method | None:
    method: Method | None = getattr(component, name, None)
    if method is None:
        return None
    kind = type(component).__name__
    if not is_coroutine_function(method):
        raise CompatibilityError(
            f"{kind}.{name} is not a coroutine function: define it with 'async def'"
        )
    parameters = _PARAMETERS[name]
    try:
        inspect.signature(method).bind(*parameters)
    except TypeError:
        raise TypeError(
            f"{kind}.{name}{inspect.signature(method)} does not take what it is called with: "
            f"({', '.join(parameters)})"
        ) from None
    return method
