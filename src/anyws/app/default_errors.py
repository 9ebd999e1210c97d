"""The handlers that an application has from the start."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING

from anyws.app.closing import close_after_error, close_with_status
from anyws.errors import (
    ClientDisconnected,
    HTTPBadRequest,
    HTTPError,
    HTTPInternalServerError,
    HTTPStatus,
    WebSocketDisconnected,
)

if TYPE_CHECKING:
    from anyws.app.registry import Registry
    from anyws.http.request import Request
    from anyws.http.response import Response
    from anyws.websocket.socket import WebSocket

_logger = logging.getLogger("anyws")


class DefaultErrorHandlers:
    """Handles what is raised on purpose, departures, and whatever else there is.

    Each has the form of an application's own handlers: `resp` is None for a WebSocket, and `ws`
    is None for an HTTP request.
    """

    __slots__ = ("_registry",)

    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    async def answer(
        self,
        req: Request,
        resp: Response | None,
        ex: HTTPError | HTTPStatus,
        params: Mapping[str, object],
        ws: WebSocket | None = None,
    ) -> None:
        """Turn an HTTP error or status into the response, or into a close with 3000 + status."""
        if ws is not None:
            await close_with_status(self._registry, req, ws, ex)
        elif resp is not None:
            await self._registry.compose_error(req, resp, ex)

    async def part(
        self,
        req: Request,
        resp: Response | None,
        ex: WebSocketDisconnected,
        params: Mapping[str, object],
        ws: WebSocket | None = None,
    ) -> None:
        """Leave a WebSocket alone whose client has left: nobody is owed anything."""
        if ws is None:
            await self.fail(req, resp, ex, params)
        elif ws.closed:
            _logger.debug("WebSocket %s: %s", req.path, ex)
        else:
            # Another connection has ended, or a program raised it by hand: this client is there.
            _logger.warning(
                "closing the WebSocket %s, which is open: its responder let the end of another "
                "one (%s) pass: %s",
                req.path,
                ex.path or "raised by hand",
                ex,
            )
            await close_after_error(ws)

    async def excuse(
        self,
        req: Request,
        resp: Response | None,
        ex: ClientDisconnected,
        params: Mapping[str, object],
        ws: WebSocket | None = None,
    ) -> None:
        """Take a client that left in the middle of its request for no failure of the program.

        One that only stopped sending may be there to see the 400: RFC 9112, section 8.
        """
        if resp is None:
            await self.fail(req, resp, ex, params, ws)
            return
        _logger.debug("%s %s: %s", req.method, req.path, ex)
        await self._registry.compose_error(req, resp, HTTPBadRequest())

    async def fail(
        self,
        req: Request,
        resp: Response | None,
        ex: Exception,
        params: Mapping[str, object],
        ws: WebSocket | None = None,
    ) -> None:
        """Log an error with its traceback, and tell the client no more than that there was one."""
        kind = "WebSocket" if ws is not None else req.method
        _logger.error("unhandled error in %s %s", kind, req.path, exc_info=ex)
        if ws is not None:
            await close_after_error(ws)
        elif resp is not None:
            await self._registry.compose_error(req, resp, HTTPInternalServerError())
