"""A ticket in the query string of the handshake."""

from __future__ import annotations

from typing import TYPE_CHECKING

from anyws.auth.guard import Guard, UserT, Verify

if TYPE_CHECKING:
    from anyws.http.request import Request
    from anyws.websocket.socket import WebSocket


class TicketAuth(Guard[UserT]):
    """Takes a parameter of the query string for a ticket: `new WebSocket(url + "?ticket=" + ticket)`.

    `redeem` is `Tickets.redeem`, or a coroutine function of your own that knows a ticket at most
    once; it is what `Guard` calls `verify`. URLs end up in the logs of servers and proxies, and in
    a browser's history: what stands there must be worth nothing by then.

    The handshake is left open: the responder accepts.
    """

    _challenge = "Ticket"

    def __init__(self, redeem: Verify[UserT], *, parameter: str = "ticket") -> None:
        super().__init__(redeem)
        self._parameter = parameter

    async def authenticate(self, req: Request, ws: WebSocket) -> UserT:
        """Redeem the ticket: see `Guard.authenticate()`.

        Raises `HTTPBadRequest` (400) if the query string can't be decoded. Cancelled, the ticket
        may be used up.
        """
        ticket = req.params.get(self._parameter)
        # A list is what a parameter is that came several times.
        if not isinstance(ticket, str):
            raise self._refusal(
                f"Get a ticket, and give it once as the parameter {self._parameter!r}."
            )
        return await self._admit(ws, ticket)
