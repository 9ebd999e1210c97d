"""The names that programs for other frameworks look for in a module called `asgi`."""

from __future__ import annotations

from anyws.app import App
from anyws.http import Request, Response
from anyws.sse import SSEvent
from anyws.websocket.options import WebSocketOptions
from anyws.websocket.socket import WebSocket

__all__ = ["App", "Request", "Response", "SSEvent", "WebSocket", "WebSocketOptions"]
