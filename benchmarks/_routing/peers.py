"""The routers, each behind a function from a path to whatever the router gives for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias, cast

from falcon.asgi import App as FalconApp
from falcon.routing import CompiledRouter
from starlette.responses import Response
from starlette.routing import Match, Route
from starlette.routing import Router as StarletteRouter

from anyws.routing import Router
from benchmarks._report import OURS

if TYPE_CHECKING:
    from starlette.requests import Request as StarletteRequest

Find: TypeAlias = Callable[[str], object]
Found: TypeAlias = tuple[str, Mapping[str, object]] | None
"""A template and the values of its fields."""


class RoutingPeer(NamedTuple):
    """A router: how it is filled, and how what it finds is read."""

    fill: Callable[[Iterable[str]], Find]
    read: Callable[[object], Found]


class _Resource:
    async def on_get(self, req: object, resp: object, **params: object) -> None: ...


def _fill_anyws(templates: Iterable[str]) -> Find:
    router = Router()
    for template in templates:
        router.add_route(template, _Resource())
    return router.find


def _fill_falcon(templates: Iterable[str]) -> Find:
    router = CompiledRouter()
    app = FalconApp(router=router)
    for template in templates:
        app.add_route(template, _Resource())
    return router.find


def _fill_starlette(templates: Iterable[str]) -> Find:
    router = StarletteRouter([Route(template, _respond) for template in templates])

    def find(path: str) -> object:
        # What the router does with a scope, up to the call of the endpoint.
        scope = {"type": "http", "method": "GET", "path": path, "root_path": ""}
        for route in router.routes:
            match, child_scope = route.matches(scope)
            if match is Match.FULL:
                return route, child_scope
        return None

    return find


async def _respond(request: StarletteRequest) -> Response:
    return Response()


def _read_match(match: object) -> Found:
    """Read what anyws and Falcon give: resource, methods, fields, template."""
    if match is None:
        return None
    _, _, params, template = cast("tuple[object, object, dict[str, object], str]", match)
    return template, params


def _read_starlette(match: object) -> Found:
    if match is None:
        return None
    route, child_scope = cast("tuple[Route, dict[str, dict[str, object]]]", match)
    return route.path, child_scope["path_params"]


PEERS: Final = {
    OURS: RoutingPeer(_fill_anyws, _read_match),
    "Falcon": RoutingPeer(_fill_falcon, _read_match),
    "Starlette": RoutingPeer(_fill_starlette, _read_starlette),
}
