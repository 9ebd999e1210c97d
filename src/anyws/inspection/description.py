"""An application in words and numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from anyws.inspection.sources import Source


@dataclass(frozen=True, kw_only=True)
class ResponderDescription:
    """What answers one method of a route."""

    method: str
    """The HTTP method, or 'WEBSOCKET'."""
    name: str
    """The name of the method of the resource: 'on_get', for example."""
    source: Source | None


@dataclass(frozen=True, kw_only=True)
class RouteDescription:
    """A template, and the resource that it leads to."""

    template: str
    suffix: str | None
    resource: str
    """The class of the resource, with its module."""
    responders: tuple[ResponderDescription, ...]
    ws_options: Mapping[str, object]
    """The options of its own that differ from the defaults."""
    source: Source | None

    @property
    def on_websocket(self) -> ResponderDescription | None:
        """What answers WebSockets, None if nothing does."""
        found = (responder for responder in self.responders if responder.method == "WEBSOCKET")
        return next(found, None)

    @property
    def methods(self) -> tuple[str, ...]:
        """The HTTP methods that the resource answers itself."""
        methods = (responder.method for responder in self.responders)
        return tuple(method for method in methods if method != "WEBSOCKET")


@dataclass(frozen=True, kw_only=True)
class SinkDescription:
    """A function that answers below a prefix."""

    prefix: str
    """The regular expression."""
    function: str
    takes_websockets: bool
    source: Source | None


@dataclass(frozen=True, kw_only=True)
class StaticRouteDescription:
    """A directory whose files are served."""

    prefix: str
    directory: str
    downloadable: bool
    fallback_filename: str | None


@dataclass(frozen=True, kw_only=True)
class ComponentDescription:
    """A component of the middleware."""

    component: str
    methods: tuple[str, ...]
    """Those that it has of `process_request`, `process_request_ws` and so on, and `lifespan`."""
    source: Source | None


@dataclass(frozen=True, kw_only=True)
class ErrorHandlerDescription:
    """What handles a class of exceptions."""

    exception: str
    handler: str
    takes_websockets: bool
    built_in: bool
    source: Source | None


@dataclass(frozen=True, kw_only=True)
class MediaHandlerDescription:
    """What reads or writes one kind of body or message."""

    used_for: str
    """'requests', 'responses' or 'websockets'."""
    media: str
    """The media type, or 'TEXT' or 'BINARY' for messages."""
    handler: str


@dataclass(frozen=True, kw_only=True)
class AppDescription:
    """An application: each tuple is in the order in which its parts are asked."""

    router: str
    """The class of the router. What it leads to is known of the built-in one alone."""
    routes: tuple[RouteDescription, ...]
    """By template."""
    sinks: tuple[SinkDescription, ...]
    static_routes: tuple[StaticRouteDescription, ...]
    sink_before_static_route: bool
    middleware: tuple[ComponentDescription, ...]
    independent_middleware: bool
    error_handlers: tuple[ErrorHandlerDescription, ...]
    """By the order in which they were added; the most specific class of an exception counts."""
    media_handlers: tuple[MediaHandlerDescription, ...]
    options: Mapping[str, object]
    """What differs from the defaults, by names such as 'ws_options.send_timeout'."""
