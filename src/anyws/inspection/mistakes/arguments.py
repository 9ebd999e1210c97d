"""Responders that do not take what their template gives them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from anyws._callables import accepts, parameters
from anyws.inspection.inspector import responder_names, routes_of
from anyws.inspection.mistakes.mistake import Mistake
from anyws.inspection.sources import name_of, source_of
from anyws.routing.responders import WEBSOCKET
from anyws.routing.template import Field, parse_template

if TYPE_CHECKING:
    from anyws.app.registry import Registry


def find_missing_parameters(registry: Registry) -> Iterator[Mistake]:
    """Find responders that fail whenever they are called, for the fields of their template.

    Not where a hook or `process_resource` may give them other fields.
    """
    components = registry.middleware.components
    changed = {
        True: any(component.process_resource_ws for component in components),
        False: any(component.process_resource for component in components),
    }
    for route in routes_of(registry):
        fields = _fields_of(route.uri_template)
        names = responder_names(route)
        for method, responder in route.method_map.items():
            hooked = hasattr(responder, "__wrapped__")
            if hooked or changed[method == WEBSOCKET]:
                continue
            if not accepts(responder, "req", "resp", **dict.fromkeys(fields)):
                second = "ws" if method == WEBSOCKET else "resp"
                wanted = ", ".join(("self", "req", second, *fields))
                yield Mistake(
                    f"{name_of(type(route.resource))}.{names[method]}() takes"
                    f" {parameters(responder)} besides the resource, and the template"
                    f" {route.uri_template} gives it {_told(fields)}",
                    f"define it as 'async def {names[method]}({wanted})'",
                    source_of(responder),
                )


def _fields_of(template: str) -> tuple[str, ...]:
    segments = parse_template(template)
    return tuple(part.name for segment in segments for part in segment if isinstance(part, Field))


def _told(fields: tuple[str, ...]) -> str:
    if not fields:
        return "no fields"
    return f"the {'field' if len(fields) == 1 else 'fields'} {', '.join(fields)}"
