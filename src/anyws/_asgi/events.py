"""The events of the ASGI specification, spelled once.

The names that a received event can have are constants; the events that an application sends are
made by the functions, with only the keys that the specification knows for them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from anyws._asgi.types import Event

WEBSOCKET_CONNECT: Final = "websocket.connect"
WEBSOCKET_RECEIVE: Final = "websocket.receive"
WEBSOCKET_DISCONNECT: Final = "websocket.disconnect"
WEBSOCKET_ACCEPT: Final = "websocket.accept"
WEBSOCKET_SEND: Final = "websocket.send"
WEBSOCKET_CLOSE: Final = "websocket.close"
WEBSOCKET_DENIAL_START: Final = "websocket.http.response.start"
WEBSOCKET_DENIAL_BODY: Final = "websocket.http.response.body"

HTTP_REQUEST: Final = "http.request"
HTTP_DISCONNECT: Final = "http.disconnect"
HTTP_RESPONSE_START: Final = "http.response.start"
HTTP_RESPONSE_BODY: Final = "http.response.body"

LIFESPAN_STARTUP: Final = "lifespan.startup"
LIFESPAN_STARTUP_COMPLETE: Final = "lifespan.startup.complete"
LIFESPAN_STARTUP_FAILED: Final = "lifespan.startup.failed"
LIFESPAN_SHUTDOWN: Final = "lifespan.shutdown"
LIFESPAN_SHUTDOWN_COMPLETE: Final = "lifespan.shutdown.complete"
LIFESPAN_SHUTDOWN_FAILED: Final = "lifespan.shutdown.failed"


def websocket_accept(subprotocol: str | None, headers: list[tuple[bytes, bytes]]) -> Event:
    """Accept the handshake. A key is left out where there is nothing to say."""
    event: Event = {"type": WEBSOCKET_ACCEPT}
    if subprotocol is not None:
        event["subprotocol"] = subprotocol
    if headers:
        event["headers"] = headers
    return event


def websocket_close(code: int, reason: str | None) -> Event:
    """Close the connection, or refuse the handshake. Without a reason there is no such key."""
    if reason is None:
        return {"type": WEBSOCKET_CLOSE, "code": code}
    return {"type": WEBSOCKET_CLOSE, "code": code, "reason": reason}


def websocket_denial_start(status: int, headers: list[tuple[bytes, bytes]]) -> Event:
    """Begin a response that refuses the handshake: the extension `websocket.http.response`."""
    return {"type": WEBSOCKET_DENIAL_START, "status": status, "headers": headers}


def websocket_denial_body(body: bytes) -> Event:
    """Send the whole body of a response that refuses the handshake."""
    return {"type": WEBSOCKET_DENIAL_BODY, "body": body, "more_body": False}


def http_response_start(status: int, headers: Iterable[tuple[bytes, bytes]]) -> Event:
    """Begin a response: its status and all of its headers."""
    return {"type": HTTP_RESPONSE_START, "status": status, "headers": list(headers)}


def http_response_body(body: bytes, *, more: bool) -> Event:
    """Send a part of the response's body; the last one has `more=False`."""
    return {"type": HTTP_RESPONSE_BODY, "body": body, "more_body": more}


def lifespan_failed(kind: str, message: str) -> Event:
    """Say that startup or shutdown failed, and why."""
    return {"type": kind, "message": message}
