"""Routes that nothing comes to, and those that lead to nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from anyws.inspection.inspector import routes_of
from anyws.inspection.mistakes.mistake import Mistake
from anyws.inspection.sources import name_of, source_of
from anyws.routing import Router

if TYPE_CHECKING:
    from anyws.app.registry import Registry
    from anyws.routing.tree import Route


def find_dead_routes(registry: Registry) -> Iterator[Mistake]:
    """Find routes that were replaced, that no path reaches, or whose resource has no responder."""
    routes = routes_of(registry)
    if isinstance(registry.router, Router):
        yield from _find_replaced(registry.router, {route.uri_template: route for route in routes})
    for route in routes:
        kind = type(route.resource)
        template = route.uri_template
        if not route.method_map:
            yield Mistake(
                f"{name_of(kind)}, the resource of {template}, has no responder, and every method"
                " is answered with 405",
                "give it 'async def on_websocket(self, req, ws)', 'async def on_get(self, req,"
                " resp)' or the like",
                source_of(kind),
            )
        stripped = registry.req_options.strip_url_path_trailing_slash
        if stripped and template.endswith("/") and template != "/":
            yield Mistake(
                f"no path reaches the route {template} to {name_of(kind)}, since"
                " req_options.strip_url_path_trailing_slash takes the last slash away",
                f"add it as {template[:-1]}",
                source_of(kind),
            )


def _find_replaced(router: Router, routes: dict[str, Route]) -> Iterator[Mistake]:
    for template, kind, suffix in router.replaced:
        route = routes.get(template)
        by = "another" if route is None else _told(type(route.resource), route.suffix)
        yield Mistake(
            f"the route {template} to {_told(kind, suffix)} was replaced by the one to {by}, which"
            " was added later",
            "give one of them another template, or put the responders into one resource",
            source_of(kind),
        )


def _told(kind: type, suffix: str | None) -> str:
    return name_of(kind) if suffix is None else f"{name_of(kind)} (suffix {suffix!r})"
