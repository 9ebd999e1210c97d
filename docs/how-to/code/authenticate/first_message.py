import hashlib

import msgspec

from anyws import App, Request, WebSocket, before
from anyws.auth import FirstMessage

# The digest of a token, and whose it is. This one is "open-sesame".
USERS = {"d7ecdf25eaf3deba0f2628771dbdd22d4138ab6cf38f91ed02a2ca0dec7c8ab7": "bob"}


class Login(msgspec.Struct):
    token: str


async def verify(message: str) -> str | None:
    try:
        login = msgspec.json.decode(message, type=Login)
    except msgspec.DecodeError:
        return None
    return USERS.get(hashlib.sha256(login.token.encode()).hexdigest())


class Greeting:
    @before(FirstMessage(verify, deadline=5))
    async def on_websocket(self, req: Request, ws: WebSocket) -> None:
        await ws.send_text(f"hello, {ws.context.user}")

    async def on_websocket_open(self, req: Request, ws: WebSocket) -> None:
        await ws.accept()
        await ws.send_text("hello, whoever you are")


app = App()
app.add_route("/greeting", Greeting())
app.add_route("/open", Greeting(), suffix="open")
