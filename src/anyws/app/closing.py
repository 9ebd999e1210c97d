"""Closing a WebSocket that went wrong."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from anyws.websocket.closing import FALLBACK_INTERNAL_ERROR, http_close_code
from anyws.websocket.failures import is_refused_code

if TYPE_CHECKING:
    from anyws.errors import HTTPError, HTTPStatus
    from anyws.websocket.options import WebSocketOptions
    from anyws.websocket.socket import WebSocket

_logger = logging.getLogger("anyws")


async def close_with_status(ws: WebSocket, error: HTTPError | HTTPStatus) -> None:
    """Close with 3000 + status; a client that was not accepted sees a 403."""
    level = logging.ERROR if error.status_code >= 500 else logging.INFO
    _logger.log(level, "WebSocket %s: %s", ws.path, error)
    await ws.close(http_close_code(error.status_code))


async def close_after_error(ws: WebSocket, options: WebSocketOptions) -> None:
    """Close with `error_close_code`, or with 3011 where that can't be sent."""
    try:
        await ws.close(options.error_close_code)
    except Exception as error:
        if not is_refused_code(error):
            _logger.exception("closing the WebSocket %s failed", ws.path)
            raise
        await ws.close(FALLBACK_INTERNAL_ERROR)
