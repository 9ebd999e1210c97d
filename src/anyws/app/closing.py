"""Closing a WebSocket that went wrong."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from anyws.http.rendering import render
from anyws.websocket.closing import FALLBACK_INTERNAL_ERROR, http_close_code
from anyws.websocket.failures import is_refused_code

if TYPE_CHECKING:
    from anyws.app.registry import Registry
    from anyws.errors import HTTPError, HTTPStatus
    from anyws.http.request import Request
    from anyws.websocket.socket import WebSocket

_logger = logging.getLogger("anyws")


async def close_with_status(
    registry: Registry, req: Request, ws: WebSocket, error: HTTPError | HTTPStatus
) -> None:
    """Close with 3000 + status. A client that was not accepted sees a 403, or the response that
    an HTTP request would get, where `denial_responses` are asked for."""
    level = logging.ERROR if error.status_code >= 500 else logging.INFO
    _logger.log(level, "WebSocket %s: %s", ws.path, error)
    if registry.ws_options.denial_responses and ws.unaccepted and error.status_code >= 200:
        await _deny(registry, req, ws, error)
    else:
        await ws.close(http_close_code(error.status_code))


async def close_after_error(ws: WebSocket) -> None:
    """Close with `error_close_code`, or with 3011 where that can't be sent."""
    try:
        await ws.close(ws._connection.options.error_close_code)
    except Exception as error:
        if not is_refused_code(error):
            _logger.exception("closing the WebSocket %s failed", ws.path)
            raise
        await ws.close(FALLBACK_INTERNAL_ERROR)


async def _deny(
    registry: Registry, req: Request, ws: WebSocket, error: HTTPError | HTTPStatus
) -> None:
    response = registry.make_response()
    await registry.compose_error(req, response, error)
    rendered = await render(response, head=False)
    # A serializer of the application's that streams has nothing to offer here.
    await ws._connection.outgoing.deny(rendered.status, rendered.headers, rendered.body or b"")
