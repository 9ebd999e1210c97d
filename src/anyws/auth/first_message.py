"""A token in the first message."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio

from anyws.auth.arguments import check_seconds
from anyws.auth.guard import Guard, UserT, Verify
from anyws.errors import HTTPError, PayloadTypeError

if TYPE_CHECKING:
    from anyws.http.request import Request
    from anyws.websocket.socket import WebSocket


class FirstMessage(Guard[UserT]):
    """Takes the first message for a token: `socket.onopen = () => socket.send(token)`.

    The socket is accepted, unless it is already, and then waited on for `deadline` seconds: whoever
    comes later does not accept again. What else the client has sent meanwhile is left to the
    responder. The client is closed with 3401 for a wrong token or a BINARY message, and with 3408
    if nothing has come by the deadline; `verify` takes its own time after that.

    The size of the message is limited by `max_message_size`: as a component by the application's,
    which is 1 MiB unless it is changed, as a hook by the resource's own.

    See `Guard` for `verify`. Raises `ValueError` for a deadline that is not above 0.
    """

    _challenge = "FirstMessage"

    def __init__(self, verify: Verify[UserT], *, deadline: float = 10) -> None:
        super().__init__(verify)
        check_seconds("deadline", deadline)
        self._deadline = deadline

    async def authenticate(self, req: Request, ws: WebSocket) -> UserT:
        """Accept, and verify the first message: see `Guard.authenticate()`.

        Raises `HTTPError` with the status 408 if none has come by the deadline. Cancelled, the
        message may have been taken.
        """
        if ws.unaccepted:
            await ws.accept()
        token: str | None = None
        with anyio.move_on_after(self._deadline) as waiting:
            token = await _receive_text(ws)
        if waiting.cancelled_caught:
            raise HTTPError(408, description=f"No message within {self._deadline:g} seconds.")
        if token is None:
            raise self._refusal("The first message must be text.")
        return await self._admit(ws, token)


async def _receive_text(ws: WebSocket) -> str | None:
    try:
        return await ws.receive_text()
    except PayloadTypeError:
        return None
