"""How an application is described."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from anyws.app.application import registry_of
from anyws.inspection.changes import changed_options
from anyws.inspection.description import (
    AppDescription,
    ComponentDescription,
    ErrorHandlerDescription,
    MediaHandlerDescription,
    ResponderDescription,
    RouteDescription,
    SinkDescription,
    StaticRouteDescription,
)
from anyws.inspection.sources import name_of, source_of
from anyws.inspection.wrapping import require_app
from anyws.routing import Router
from anyws.websocket.options import resource_options

if TYPE_CHECKING:
    from anyws.app.error_handlers import Registration
    from anyws.app.registry import Registry
    from anyws.middleware.stack import Component
    from anyws.routing.tree import Route


def inspect_app(application: object) -> AppDescription:
    """Describe an `App`, also one behind ASGI middleware that keeps what it wraps in `.app`.

    It says what is there now. Raises `TypeError` where there is no `App` to be found.
    """
    registry = registry_of(require_app(application))
    return AppDescription(
        router=name_of(registry.router),
        routes=tuple(map(_describe_route, routes_of(registry))),
        sinks=tuple(
            SinkDescription(
                prefix=pattern.pattern,
                function=name_of(sink),
                takes_websockets=takes_ws,
                source=source_of(sink),
            )
            for pattern, sink, takes_ws in registry.sinks
        ),
        static_routes=tuple(
            StaticRouteDescription(
                prefix=route.prefix,
                directory=route.directory,
                downloadable=route.downloadable,
                fallback_filename=route.fallback_filename,
            )
            for route in registry.static_routes
        ),
        sink_before_static_route=registry.sink_before_static_route,
        middleware=tuple(map(_describe_component, registry.middleware.components)),
        independent_middleware=registry.independent_middleware,
        error_handlers=tuple(
            _describe_error_handler(registration, registry)
            for registration in registry.error_handlers
        ),
        media_handlers=tuple(_describe_media_handlers(registry)),
        options=dict(_changes(registry)),
    )


def routes_of(registry: Registry) -> tuple[Route, ...]:
    """Give the routes by template, none of a router that is not the built-in one."""
    router = registry.router
    if not isinstance(router, Router):
        return ()
    return tuple(sorted(router.routes, key=lambda route: route.uri_template.split("/")))


def responder_names(route: Route) -> dict[str, str]:
    """Give the names of the responders that a route leads to, by method."""
    ending = "" if route.suffix is None else f"_{route.suffix}"
    names: dict[str, str] = {}
    for method in route.method_map:
        name = f"on_{method.lower()}{ending}"
        own = getattr(route.resource, name, None) is not None
        names[method] = name if own else f"on_request{ending}"
    return names


def _describe_route(route: Route) -> RouteDescription:
    options = resource_options(route.resource)
    return RouteDescription(
        template=route.uri_template,
        suffix=route.suffix,
        resource=name_of(type(route.resource)),
        responders=tuple(
            ResponderDescription(
                method=method, name=name, source=source_of(route.method_map[method])
            )
            for method, name in responder_names(route).items()
        ),
        ws_options={} if options is None else changed_options(options),
        source=source_of(type(route.resource)),
    )


def _describe_component(component: Component) -> ComponentDescription:
    kind = type(component.instance)
    methods = component._asdict()
    del methods["instance"]
    return ComponentDescription(
        component=name_of(kind),
        methods=tuple(name for name, method in methods.items() if method is not None),
        source=source_of(kind),
    )


def _describe_error_handler(
    registration: Registration, registry: Registry
) -> ErrorHandlerDescription:
    owner = getattr(registration.handler, "__self__", None)
    return ErrorHandlerDescription(
        exception=name_of(registration.kind),
        handler=name_of(registration.handler),
        takes_websockets=registration.takes_ws,
        built_in=owner is registry.default_errors,
        source=source_of(registration.handler),
    )


def _describe_media_handlers(registry: Registry) -> Iterator[MediaHandlerDescription]:
    for used_for, handlers in (
        ("requests", registry.req_options.media_handlers),
        ("responses", registry.resp_options.media_handlers),
    ):
        for media_type, handler in handlers.items():
            yield MediaHandlerDescription(
                used_for=used_for, media=media_type, handler=name_of(handler)
            )
    for kind, message_handler in registry.ws_options.media_handlers.items():
        yield MediaHandlerDescription(
            used_for="websockets", media=kind.name, handler=name_of(message_handler)
        )


def _changes(registry: Registry) -> Iterator[tuple[str, object]]:
    for place, options in (
        ("ws_options", registry.ws_options),
        ("req_options", registry.req_options),
        ("resp_options", registry.resp_options),
        ("router_options", registry.router_options),
    ):
        for name, value in changed_options(options).items():
            yield f"{place}.{name}", value
