import hashlib

from anyws import App, HTTPUnauthorized, Request, WebSocket

# The digest of a session's key, and whose it is. This one is "c2Vzc2lvbi1vZi1ib2I".
SESSIONS = {"5384b9f9b5a1d5fb5093c3f28c93db1878990434e888f3f0655d936a396dbbc0": "bob"}


class Session:
    """Knows clients by the cookie that they got when they logged in."""

    async def process_request_ws(self, req: Request, ws: WebSocket) -> None:
        key = req.cookies.get("session", "")
        req.context.user = SESSIONS.get(hashlib.sha256(key.encode()).hexdigest())
        if req.context.user is None:
            raise HTTPUnauthorized(description="Log in first.", challenges=["Cookie"])


class Greeting:
    async def on_websocket(self, req: Request, ws: WebSocket) -> None:
        await ws.accept()
        await ws.send_text(f"hello, {ws.context.user}")


app = App(middleware=Session())
app.add_route("/greeting", Greeting())
