"""Methods that are named almost like those that are called."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

from anyws._callables import accepts_first
from anyws.inspection.inspector import responder_names, routes_of
from anyws.inspection.mistakes.code import mentioned_in_class
from anyws.inspection.mistakes.mistake import Mistake
from anyws.inspection.mistakes.slips import is_slip_of
from anyws.inspection.sources import name_of, source_of
from anyws.middleware.stack import Component, misspellings
from anyws.routing.responders import HTTP_METHODS, WEBSOCKET

if TYPE_CHECKING:
    from anyws.app.registry import Registry

_BASES: Final = tuple(f"on_{method.lower()}" for method in (*HTTP_METHODS, WEBSOCKET))
_METHODS: Final = tuple(name for name in Component._fields if name.startswith("process_"))
_RESPONDER: Final = re.compile(rf"(?:{'|'.join(_BASES)}|on_request)(?:_(?P<suffix>\w+))?")
_ELSEWHERE: Final = {"on_ws": "on_websocket", "on_socket": "on_websocket"}


def find_uncalled_responders(registry: Registry) -> Iterator[Mistake]:
    """Find methods of resources that look like responders, and that no route leads to."""
    called: dict[type, set[str]] = {}
    suffixes: dict[type, set[str]] = {}
    resources: dict[type, object] = {}
    for route in routes_of(registry):
        kind = type(route.resource)
        resources[kind] = route.resource
        called.setdefault(kind, set()).update(responder_names(route).values())
        suffixes.setdefault(kind, set()).add("" if route.suffix is None else f"_{route.suffix}")
    for kind, resource in resources.items():
        wanted = {f"{base}{ending}" for base in _BASES for ending in suffixes[kind]}
        known = called[kind] | mentioned_in_class(kind)
        for name in dir(kind):
            if name.lower().startswith("on") and name not in known:
                yield from _judge(kind, resource, name, wanted)


def find_misspelt_methods(registry: Registry) -> Iterator[Mistake]:
    """Find methods of middleware that no request calls and that are named as if."""
    for component in registry.middleware.components:
        kind = type(component.instance)
        slips = dict(_slips_of(kind)) | dict(misspellings(component.instance))
        for name, meant in slips.items():
            yield Mistake(
                f"{name_of(kind)}.{name}() is never called",
                f"rename it to {meant}",
                source_of(getattr(kind, name, kind)),
            )


def _slips_of(kind: type) -> Iterator[tuple[str, str]]:
    """Give the methods of a component whose names are a slip away from one that is called."""
    for name in dir(kind):
        if name in _METHODS or not callable(getattr(kind, name)):
            continue
        for meant in _METHODS:
            if is_slip_of(name, meant):
                yield name, meant


def _judge(kind: type, resource: object, name: str, wanted: Iterable[str]) -> Iterator[Mistake]:
    # The class is asked first: to ask the resource would run a property of the program's own.
    method = getattr(resource, name) if callable(getattr(kind, name, None)) else None
    if not callable(method):
        return
    problem = f"{name_of(kind)}.{name}() is never called"
    remedy = None
    responder = _RESPONDER.fullmatch(name)
    if responder is not None:
        remedy = _remedy_for(responder)
    elif _takes_request(method):
        meant = _meant(name, wanted)
        remedy = None if meant is None else f"rename it to {meant}"
    if remedy is not None:
        yield Mistake(problem, remedy, source_of(method))


def _remedy_for(responder: re.Match[str]) -> str:
    suffix = responder["suffix"]
    if responder[0].startswith("on_request"):
        return (
            "set app.router_options.default_to_on_request = True before the route is added, or"
            " take it away"
        )
    if suffix is None:
        return "add a route to the resource without a suffix, or take it away"
    return f"add a route to the resource with suffix={suffix!r}, or give it another name"


def _meant(name: str, wanted: Iterable[str]) -> str | None:
    if name in _ELSEWHERE:
        return _ELSEWHERE[name]
    return next((meant for meant in sorted(wanted) if is_slip_of(name, meant)), None)


def _takes_request(method: object) -> bool:
    """Tell whether a method takes what responders are called with, the request under its name."""
    if not callable(method) or not accepts_first(method, "req", "resp"):
        return False
    try:
        first = next(iter(inspect.signature(method).parameters.values()), None)
    except (TypeError, ValueError):
        return False
    return first is not None and first.name.lstrip("_").startswith("req")
