"""Testing: a strict ASGI server and its clients, in the test's own task tree."""

from __future__ import annotations

from anyws.testing.client import TestClient
from anyws.testing.conductor import ASGIConductor
from anyws.testing.event_stream import ReceivedEvent
from anyws.testing.events import IllegalEvent
from anyws.testing.requests import RequestArguments
from anyws.testing.result import Cookie, Result
from anyws.testing.scopes import create_scope, create_scope_ws
from anyws.testing.simulator import ASGIWebSocketSimulator
from anyws.testing.streams import EventReader, StreamedResult

__all__ = [
    "ASGIConductor",
    "ASGIWebSocketSimulator",
    "Cookie",
    "EventReader",
    "IllegalEvent",
    "ReceivedEvent",
    "RequestArguments",
    "Result",
    "StreamedResult",
    "TestClient",
    "create_scope",
    "create_scope_ws",
]
