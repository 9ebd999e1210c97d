"""A socket that says every half a minute that it is there, to clients that say so as well."""

import anyio

from anyws import App, Request, WebSocket


class Heartbeat:
    async def on_websocket(self, req: Request, ws: WebSocket) -> None:
        await ws.accept()
        ws.discard_incoming()
        with ws.move_on_disconnect():
            while True:
                await anyio.sleep(30)
                await ws.send_text("still here")


app = App()
app.ws_options.idle_timeout = 600
app.add_route("/heartbeat", Heartbeat())
