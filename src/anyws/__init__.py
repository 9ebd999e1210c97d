"""anyws: a WebSocket-first ASGI framework in which every connection is a scope.

`App` is where a program begins; `anyws.testing` drives it in tests, and `anyws serve` runs it.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from anyws import media as media
from anyws._imports import imported_on_demand
from anyws.app import App as App
from anyws.errors import *
from anyws.http import Request as Request
from anyws.http import Response as Response
from anyws.media import WebSocketPayloadType as WebSocketPayloadType
from anyws.media_types import *
from anyws.middleware.hooks import after as after
from anyws.middleware.hooks import before as before
from anyws.status_lines import *
from anyws.websocket.socket import WebSocket as WebSocket

if TYPE_CHECKING:
    from anyws import testing as testing
    from anyws.cli.options import ServeOptions as ServeOptions
    from anyws.cli.server import run as run
    from anyws.cli.server import serve as serve
    from anyws.http.options import RequestOptions as RequestOptions
    from anyws.http.options import ResponseOptions as ResponseOptions
    from anyws.middleware.cors import CORSMiddleware as CORSMiddleware
    from anyws.sse.event import SSEvent as SSEvent
    from anyws.websocket.options import WebSocketOptions as WebSocketOptions
else:
    # What only some programs need, or not at once, is imported when it is asked for.
    _find = imported_on_demand(
        __name__,
        {
            "CORSMiddleware": "anyws.middleware.cors",
            "RequestOptions": "anyws.http.options",
            "ResponseOptions": "anyws.http.options",
            "SSEvent": "anyws.sse.event",
            "ServeOptions": "anyws.cli.options",
            "WebSocketOptions": "anyws.websocket.options",
            "run": "anyws.cli.server",
            "serve": "anyws.cli.server",
        },
    )

    def __getattr__(name: str) -> object:
        if name == "testing":
            return importlib.import_module("anyws.testing")
        if name == "create_task":
            raise AttributeError(
                "anyws has no create_task(): a task belongs to a task group. Use "
                "ws.task_group.start_soon() for one that ends with its connection, and "
                "app.task_group.start_soon() for one that ends with the application"
            )
        return _find(name)
