import hashlib

from anyws import App, Request, WebSocket
from anyws.auth import BearerSubprotocol

# The digest of a token, and whose it is. This one is "open-sesame".
USERS = {"d7ecdf25eaf3deba0f2628771dbdd22d4138ab6cf38f91ed02a2ca0dec7c8ab7": "bob"}


async def verify(token: str) -> str | None:
    return USERS.get(hashlib.sha256(token.encode()).hexdigest())


class Greeting:
    async def on_websocket(self, req: Request, ws: WebSocket) -> None:
        await ws.send_text(f"hello, {ws.context.user}")


app = App(middleware=BearerSubprotocol(verify))
app.add_route("/greeting", Greeting())
