"""What happens around every responder: a line in the log, and a question at the door."""

from __future__ import annotations

import hmac
import logging
from collections.abc import Container

import anyio

from anyws import Request, WebSocket

log = logging.getLogger("tutorial")


class ConnectionLog:
    """Logs the beginning and the end of every connection that has a route."""

    async def process_resource_ws(
        self, req: Request, ws: WebSocket, resource: object, params: dict[str, object]
    ) -> None:
        log.info("connection to %r", req.path)

    async def process_disconnect_ws(
        self, req: Request, ws: WebSocket, resource: object | None, error: Exception | None
    ) -> None:
        if resource is not None:
            log.info("connection to %r has ended with code %s", req.path, ws.close_code)


class FirstMessageAuth:
    """Lets in those whose first message is the token.

    A browser cannot add a header to a handshake, so the token is a message, and the socket has
    to be accepted before it can be checked. Others are closed with 1008 (policy violation),
    and so are those who say nothing for `patience` seconds.
    """

    def __init__(self, token: str, *, protected: Container[str], patience: float = 10.0) -> None:
        self._token = token.encode()
        self._protected = protected
        self._patience = patience

    async def process_request_ws(self, req: Request, ws: WebSocket) -> None:
        if req.path not in self._protected:
            return
        await ws.accept()
        with anyio.move_on_after(self._patience):
            answer = await ws.receive_text()
            # Takes equally long for every wrong token. The log is told the outcome alone.
            if hmac.compare_digest(answer.encode(), self._token):
                log.info("a client of %r has shown its token", req.path)
                return
        log.warning("a client of %r has shown no valid token", req.path)
        await ws.close(1008, "the first message must be the token")
