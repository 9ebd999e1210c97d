"""Routing: from a path to a resource, its responders, and the fields of its template."""

from __future__ import annotations

from typing import TYPE_CHECKING

from anyws._imports import imported_on_demand
from anyws.routing.converters import (
    Converter,
    DateTimeConverter,
    FloatConverter,
    IntConverter,
    PathConverter,
    UUIDConverter,
)
from anyws.routing.responders import Responder, allowed_methods, map_responders
from anyws.routing.router import Match, Router, RouterProtocol
from anyws.routing.sinks import Sink, SinkMatch, SinkTable

if TYPE_CHECKING:
    from anyws.routing.options import RouterOptions
else:
    __getattr__ = imported_on_demand(__name__, {"RouterOptions": "anyws.routing.options"})

__all__ = [
    "Converter",
    "DateTimeConverter",
    "FloatConverter",
    "IntConverter",
    "Match",
    "PathConverter",
    "Responder",
    "Router",
    "RouterOptions",
    "RouterProtocol",
    "Sink",
    "SinkMatch",
    "SinkTable",
    "UUIDConverter",
    "allowed_methods",
    "map_responders",
]
