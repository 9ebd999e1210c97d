"""Who is it? Three ways for a WebSocket's client to say so, and for a server to check it.

A browser can't add a header to a handshake. A token goes as a subprotocol, in the query string as
a ticket that is good for one handshake, or in the first message:

    import anyws.auth

    login = anyws.auth.FirstMessage(verify)
    app = anyws.App(middleware=login)
"""

from __future__ import annotations

from anyws.auth.bearer import BearerSubprotocol
from anyws.auth.first_message import FirstMessage
from anyws.auth.guard import Guard, Verify
from anyws.auth.ticket_auth import TicketAuth
from anyws.auth.tickets import Tickets

__all__ = ["BearerSubprotocol", "FirstMessage", "Guard", "TicketAuth", "Tickets", "Verify"]
