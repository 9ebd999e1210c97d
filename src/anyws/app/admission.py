"""Who is let in before any of the application's code runs: pages of allowed origins, and only so
many connections at once."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

from anyws._origins import ANY, SAME_ORIGIN, split_origin
from anyws.headers import read_field
from anyws.http.authority import DEFAULT_PORTS, parse_authority
from anyws.websocket.closing import TRY_AGAIN_LATER, http_close_code
from anyws.websocket.state import End

if TYPE_CHECKING:
    from collections.abc import Iterable

    from anyws.app.draining import Draining
    from anyws.http.request import Request
    from anyws.websocket.connection import Connection
    from anyws.websocket.options import WebSocketOptions

_logger = logging.getLogger("anyws")

_FORBIDDEN: Final = 403


async def admits(
    draining: Draining, request: Request, connection: Connection, options: WebSocketOptions
) -> bool:
    """Tell whether a handshake may go on; if not, it has been refused, and logged."""
    origin = _peek(request, "origin")
    if origin is not None:
        host = _peek(request, "host") or ""
        if not allows_origin(options.allowed_origins, origin, host):
            _logger.warning(
                "the WebSocket %s was refused to a page of the origin %.200r; the Host header says "
                "%.200r, and ws_options.allowed_origins is %r. List the origin there to let it in; "
                "for 'same-origin', a proxy must pass the Host header on",
                request.path,
                origin,
                host,
                options.allowed_origins,
            )
            await connection.outgoing.close(http_close_code(_FORBIDDEN))
            return False
    if draining.refuses:
        _logger.info("the WebSocket %s was refused: the application is draining", request.path)
        await connection.turn_away(draining.farewell)
        return False
    inside = len(draining.connections)
    if options.max_connections is not None and inside >= options.max_connections:
        _logger.info(
            "the WebSocket %s was refused: %d connections are open (max_connections)",
            request.path,
            inside,
        )
        await connection.turn_away(End(TRY_AGAIN_LATER))
        return False
    return True


def _peek(request: Request, name: str) -> str | None:
    """Look at one header field. All of them decoded would stay with the connection, and cost more
    than the look, where its responder has no use for them."""
    raw: object = request.scope.get("headers")
    return read_field(raw, name) if isinstance(raw, list) else request.headers.get(name)


def allows_origin(allowed: str | Iterable[str], origin: str, host: str) -> bool:
    """Tell whether a page of an origin may connect to a host (RFC 6455, section 10.2)."""
    if allowed == ANY:
        return True
    if allowed == SAME_ORIGIN:
        return is_same_origin(origin, host)
    return origin.lower() in map(str.lower, allowed)


def is_same_origin(origin: str, host: str) -> bool:
    """Tell whether an Origin field names the host and the port of a Host field.

    The scheme only says which port goes without saying: a proxy may have ended TLS.
    """
    parts = split_origin(origin)
    if parts is None:
        return False
    scheme, authority = parts
    try:
        theirs, ours = parse_authority(authority), parse_authority(host.lower())
    except ValueError:
        return False
    implied = DEFAULT_PORTS.get(scheme)
    return theirs.host == ours.host and (theirs.port or implied) == (ours.port or implied)
