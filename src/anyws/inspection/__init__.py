"""What an application is made of, as plain values, and what in it can't be meant so.

`inspect_app()` describes an application: its routes, sinks, middleware and options. What it gives
holds no reference to the application, and goes through `dataclasses.asdict()`. `find_mistakes()`
gives what is surely wrong. Neither calls any code of the application.
"""

from __future__ import annotations

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
from anyws.inspection.inspector import inspect_app
from anyws.inspection.mistakes import Mistake, find_mistakes
from anyws.inspection.sources import Source
from anyws.inspection.wrapping import find_app

__all__ = [
    "AppDescription",
    "ComponentDescription",
    "ErrorHandlerDescription",
    "MediaHandlerDescription",
    "Mistake",
    "ResponderDescription",
    "RouteDescription",
    "SinkDescription",
    "Source",
    "StaticRouteDescription",
    "find_app",
    "find_mistakes",
    "inspect_app",
]
