"""The command `anyws routes`."""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Iterable, Iterator
from typing import cast

from anyws.cli.errors import TargetError
from anyws.cli.inspecting.arguments import RoutesArguments
from anyws.cli.inspecting.columns import counted, in_columns, shown
from anyws.cli.loading import load_application
from anyws.inspection import AppDescription, RouteDescription, find_app, inspect_app
from anyws.inspection.sources import name_of

_BUILT_IN_ROUTER = "anyws.routing.router.Router"


def show_routes(given: RoutesArguments) -> None:
    """Write the routes of an application to stdout. Raises `TargetError`."""
    application = load_application(given.target)
    app = find_app(application)
    if app is None:
        raise TargetError(
            f"no anyws.App is to be found behind {given.target}: name the App itself, or ASGI"
            " middleware that keeps what it wraps as its attribute 'app'"
        )
    description = inspect_app(app)
    sys.stdout.write(as_json(description) if given.as_json else as_text(description))


def as_json(description: AppDescription) -> str:
    """Write a description for programs."""
    values = dataclasses.asdict(description)
    return json.dumps(values, indent=2, default=_as_plain_value) + "\n"


def as_text(description: AppDescription) -> str:
    """Write a description for people: a table for each kind of thing that there is."""
    return "\n".join(_tables(description))


def _tables(description: AppDescription) -> Iterator[str]:
    if description.router != _BUILT_IN_ROUTER:
        yield f"The router is {description.router}: what it leads to is not known.\n"
    elif not description.routes:
        yield "There are no routes.\n"
    else:
        heading = (counted(len(description.routes), "route"), "methods", "resource", "")
        yield in_columns(heading, [*map(_route, description.routes)])
    if description.sinks:
        heading = (counted(len(description.sinks), "sink"), "for", "function", "")
        rows = [
            (
                sink.prefix,
                "HTTP, WebSocket" if sink.takes_websockets else "HTTP",
                sink.function,
                shown(sink.source),
            )
            for sink in description.sinks
        ]
        yield in_columns(heading, rows)
    if description.static_routes:
        asked = "after the sinks" if description.sink_before_static_route else "before the sinks"
        where = f"directory, asked {asked}" if description.sinks else "directory"
        yield in_columns(
            (counted(len(description.static_routes), "static route"), where, ""),
            [
                (
                    route.prefix,
                    route.directory,
                    f"or {route.fallback_filename}" if route.fallback_filename else "",
                )
                for route in description.static_routes
            ],
        )
    if description.middleware:
        yield in_columns(
            (counted(len(description.middleware), "component"), "methods", ""),
            [
                (part.component, ", ".join(part.methods), shown(part.source))
                for part in description.middleware
            ],
        )


def _route(route: RouteDescription) -> tuple[str, str, str, str]:
    methods = list(route.methods)
    if route.on_websocket is not None:
        methods.insert(0, "WebSocket")
    resource = route.resource if route.suffix is None else f"{route.resource}, {route.suffix}"
    return route.template, ", ".join(methods) or "none", resource, shown(route.source)


def _as_plain_value(value: object) -> object:
    """Write what JSON has no word for: sets of origins, and classes of converters."""
    if isinstance(value, (set, frozenset)):
        return sorted(map(str, cast("Iterable[object]", value)))
    return name_of(value) if isinstance(value, type) else repr(value)
