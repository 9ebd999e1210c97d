import hashlib

from anyws import App, HTTPUnauthorized, Request, Response, WebSocket
from anyws.auth import TicketAuth, Tickets

# The digest of a token, and whose it is. This one is "open-sesame".
USERS = {"d7ecdf25eaf3deba0f2628771dbdd22d4138ab6cf38f91ed02a2ca0dec7c8ab7": "bob"}


class Token:
    """Asks for a token over HTTP, where scripts can set headers."""

    async def process_request(self, req: Request, resp: Response) -> None:
        token = (req.auth or "").removeprefix("Bearer ")
        req.context.user = USERS.get(hashlib.sha256(token.encode()).hexdigest())
        if req.context.user is None:
            raise HTTPUnauthorized(challenges=["Bearer"])


class TicketOffice:
    async def on_post(self, req: Request, resp: Response) -> None:
        resp.media = {"ticket": tickets.issue(req.context.user)}
        resp.set_header("Cache-Control", "no-store")


class Greeting:
    async def on_websocket(self, req: Request, ws: WebSocket) -> None:
        await ws.accept()
        await ws.send_text(f"hello, {ws.context.user}")


tickets = Tickets[str](lifetime=30)
app = App(middleware=[Token(), TicketAuth(tickets.redeem)])
app.add_route("/tickets", TicketOffice())
app.add_route("/greeting", Greeting())
