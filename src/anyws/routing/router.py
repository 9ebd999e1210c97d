"""The router: what turns the path of a request into a resource, its responders and fields."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple, Protocol, runtime_checkable

from anyws._imports import Deferred
from anyws.routing.binding import bind_segments
from anyws.routing.responders import Responder, map_responders
from anyws.routing.template import parse_template
from anyws.routing.tree import Node, Route

if TYPE_CHECKING:
    from anyws.routing import options as router_options
    from anyws.routing.options import RouterOptions
else:
    router_options = Deferred("anyws.routing.options")

_logger = logging.getLogger("anyws")


class Match(NamedTuple):
    """What a router finds for a path."""

    resource: object
    method_map: Mapping[str, Responder]
    params: dict[str, object]
    """The fields of the template, converted, in its order; a new dictionary for each lookup."""
    uri_template: str


class Replaced(NamedTuple):
    """A route that is there no more, since its template was added again."""

    uri_template: str
    resource_class: type
    suffix: str | None


@runtime_checkable
class RouterProtocol(Protocol):
    """What a router has to offer that takes the place of `Router` in `App(router=…)`.

    `add_route` gets what the application's own `add_route` is given; `find` gets the path that
    the middleware left, and the request. `map_responders` helps with the second item of a match.
    """

    def add_route(
        self, uri_template: str, resource: object, /, *, suffix: str | None = None
    ) -> None: ...

    def find(
        self, path: str, req: object = None, /
    ) -> tuple[object, Mapping[str, Responder], dict[str, object], str | None] | None:
        """Give the resource, its responders by method, the fields and the template, or None."""
        ...


class Router:
    """Finds routes by their templates, at a cost that does not grow with their number.

    A template is `/` and segments between slashes: text, `{name}`, `{name:converter}`,
    `{name:converter(arguments)}`, or a mix of text and fields such as `v{major}.{minor:int}`. At
    each place text goes before mixed segments, these before a simple field, and that before a
    field of the converter `path`; where one way ends without a route, the next one is tried.

    Nothing is normalised: `/x/` and `//x` are not `/x`, and a field never matches empty text,
    `path` aside.
    """

    __slots__ = ("_fixed", "_replaced", "_root", "_routes", "options")

    def __init__(self, *, options: RouterOptions | None = None) -> None:
        self.options: RouterOptions = (
            router_options.RouterOptions() if options is None else options
        )
        self._fixed: dict[str, Route] = {}
        self._root = Node()
        self._routes: list[Route] = []
        self._replaced: dict[str, Replaced] = {}

    @property
    def routes(self) -> tuple[Route, ...]:
        """The routes, in the order in which they were added."""
        return tuple(self._routes)

    @property
    def replaced(self) -> tuple[Replaced, ...]:
        """Of each template the route that was replaced last, if that gave other responders."""
        return tuple(self._replaced.values())

    def add_route(self, uri_template: str, resource: object, *, suffix: str | None = None) -> None:
        """Add a route, or replace the one with the same template.

        Raises `UnacceptableRouteError` for a template that is malformed or contradicts an earlier
        one, and for a suffix that no responder has; `TypeError` for a template that is no str, a
        resource that is None, a class or a function, and for a responder that is no coroutine
        function or does not take the two objects that all are called with. The routes are then
        as before.
        """
        segments = parse_template(uri_template)
        method_map = map_responders(
            resource,
            suffix=suffix,
            default_to_on_request=self.options.default_to_on_request,
        )
        if not method_map:
            _logger.warning(
                "the resource at %s, %r, has no responder such as on_get or on_websocket: every "
                "method is answered with 405",
                uri_template,
                resource,
            )
        route = Route(resource, method_map, uri_template, suffix)
        bound = bind_segments(uri_template, segments, self.options.converters)
        if all(isinstance(segment, str) for segment in bound):
            replaced = self._fixed.get(uri_template)
            self._fixed[uri_template] = route
        else:
            replaced = self._root.add(bound, route)
        if replaced is not None:
            self._forget(replaced, route)
        self._routes.append(route)

    def find(self, path: str, req: object = None) -> Match | None:
        """Find the route for a path that the server has percent-decoded; `req` is not looked at."""
        params: dict[str, object] = {}
        route = self._fixed.get(path)
        if route is None:
            texts = path.split("/")
            # A path that does not begin with a slash, such as `*`, is nowhere in the tree.
            route = None if texts[0] else self._root.find(texts, 1, params)
        if route is None:
            return None
        # Match() would cost as much again as the whole look-up of a path that is text alone.
        return tuple.__new__(  # pyright: ignore[reportUnknownMemberType]  # bare generics
            Match, (route.resource, route.method_map, params, route.uri_template)
        )

    def _forget(self, replaced: Route, route: Route) -> None:
        self._routes = [kept for kept in self._routes if kept is not replaced]
        if replaced.method_map != route.method_map:
            # The resource itself is given up: a program may replace its routes all the time.
            self._replaced[route.uri_template] = Replaced(
                route.uri_template, type(replaced.resource), replaced.suffix
            )
