"""anyws: a WebSocket-first ASGI framework in which every connection is a scope.

`App` is where a program begins; `anyws.testing` drives it in tests, and `anyws serve` runs it.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from anyws import media as media
from anyws.app import App as App
from anyws.errors import *
from anyws.http import Request as Request
from anyws.http import RequestOptions as RequestOptions
from anyws.http import Response as Response
from anyws.http import ResponseOptions as ResponseOptions
from anyws.media import WebSocketPayloadType as WebSocketPayloadType
from anyws.media_types import *
from anyws.middleware.cors import CORSMiddleware as CORSMiddleware
from anyws.middleware.hooks import after as after
from anyws.middleware.hooks import before as before
from anyws.sse import SSEvent as SSEvent
from anyws.status_lines import *
from anyws.websocket.options import WebSocketOptions as WebSocketOptions
from anyws.websocket.socket import WebSocket as WebSocket

if TYPE_CHECKING:
    from anyws import testing as testing
    from anyws.cli.options import ServeOptions as ServeOptions
    from anyws.cli.server import run as run
    from anyws.cli.server import serve as serve


def __getattr__(name: str) -> object:
    # What only some programs need is imported when it is asked for.
    if name == "testing":
        return importlib.import_module("anyws.testing")
    if name == "ServeOptions":
        return importlib.import_module("anyws.cli.options").ServeOptions
    if name in ("run", "serve"):
        return getattr(importlib.import_module("anyws.cli.server"), name)
    if name == "create_task":
        raise AttributeError(
            "anyws has no create_task(): a task belongs to a task group. Use "
            "ws.task_group.start_soon() for one that ends with its connection, and "
            "app.task_group.start_soon() for one that ends with the application"
        )
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
