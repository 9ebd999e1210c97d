"""Testing: a strict ASGI server and its clients, in the test's own task tree."""

from __future__ import annotations

from anyws.testing.blocked import wait_all_tasks_blocked
from anyws.testing.blocking import BlockingEvents, BlockingStream
from anyws.testing.client import TestClient
from anyws.testing.clock import virtual_clock
from anyws.testing.conductor import ASGIConductor
from anyws.testing.event_stream import ReceivedEvent
from anyws.testing.events import IllegalEvent
from anyws.testing.journal import Direction, Entry, Journal
from anyws.testing.leaks import LeakedTask, LeakedTasksError
from anyws.testing.profiles import ServerProfile
from anyws.testing.requests import RequestArguments
from anyws.testing.result import Cookie, Result
from anyws.testing.scopes import create_scope, create_scope_ws
from anyws.testing.simulator import ASGIWebSocketSimulator
from anyws.testing.streams import EventReader, StreamedResult

__all__ = [
    "ASGIConductor",
    "ASGIWebSocketSimulator",
    "BlockingEvents",
    "BlockingStream",
    "Cookie",
    "Direction",
    "Entry",
    "EventReader",
    "IllegalEvent",
    "Journal",
    "LeakedTask",
    "LeakedTasksError",
    "ReceivedEvent",
    "RequestArguments",
    "Result",
    "ServerProfile",
    "StreamedResult",
    "TestClient",
    "create_scope",
    "create_scope_ws",
    "virtual_clock",
    "wait_all_tasks_blocked",
]
