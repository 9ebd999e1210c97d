"""The router: what turns the path of a request into a resource, its responders and fields."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol, runtime_checkable

from anyws._options import Options, flag, instance_of
from anyws.routing.binding import bind_segments
from anyws.routing.converters import BUILTIN_CONVERTERS, ConverterClass
from anyws.routing.responders import Responder, map_responders
from anyws.routing.template import parse_template
from anyws.routing.tree import Node, Route

_logger = logging.getLogger("anyws")


@dataclass(kw_only=True, slots=True)
class RouterOptions(Options):
    """What `app.router_options` holds; it is read when a route is added."""

    converters: dict[str, ConverterClass] = field(
        default_factory=lambda: {**BUILTIN_CONVERTERS}, metadata=instance_of(dict)
    )
    """The converters that templates can name. Add your own to those that are there:
    `app.router_options.converters["hex"] = HexConverter`."""

    default_to_on_request: bool = field(default=False, metadata=flag())
    """Whether the HTTP methods that a resource lacks go to its `on_request`, if it has one."""


class Match(NamedTuple):
    """What a router finds for a path."""

    resource: object
    method_map: Mapping[str, Responder]
    params: dict[str, object]
    """The fields of the template, converted, in its order; a new dictionary for each lookup."""
    uri_template: str


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

    __slots__ = ("_fixed", "_root", "options")

    def __init__(self, *, options: RouterOptions | None = None) -> None:
        self.options: RouterOptions = RouterOptions() if options is None else options
        self._fixed: dict[str, Route] = {}
        self._root = Node()

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
        route = Route(resource, method_map, uri_template)
        bound = bind_segments(uri_template, segments, self.options.converters)
        if all(isinstance(segment, str) for segment in bound):
            self._fixed[uri_template] = route
        else:
            self._root.add(bound, route)

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
