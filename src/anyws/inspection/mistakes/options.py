"""Options of resources that change nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from anyws.inspection.inspector import routes_of
from anyws.inspection.mistakes.mistake import Mistake
from anyws.inspection.sources import name_of, source_of
from anyws.routing.responders import WEBSOCKET
from anyws.websocket.options import resource_options, without_effect

if TYPE_CHECKING:
    from anyws.app.registry import Registry


def find_options_without_effect(registry: Registry) -> Iterator[Mistake]:
    """Find `ws_options` of resources without WebSockets, and those that are the application's."""
    routes = routes_of(registry)
    serving = {type(route.resource) for route in routes if WEBSOCKET in route.method_map}
    for resource in {id(route.resource): route.resource for route in routes}.values():
        options = resource_options(resource)
        if options is None:
            continue
        kind = type(resource)
        if kind not in serving:
            yield Mistake(
                f"{name_of(kind)}.ws_options has no effect, since no route leads to an"
                " on_websocket of it",
                "take it away, or add the responder",
                source_of(kind),
            )
        elif ignored := without_effect(options):
            yield Mistake(
                f"{name_of(kind)}.ws_options sets {' and '.join(ignored)}, which has no effect",
                "set it in app.ws_options",
                source_of(kind),
            )
