from anyws import App, Request, WebSocket


class Echo:
    async def on_websocket(self, req: Request, ws: WebSocket) -> None:
        await ws.accept()
        async for message in ws.iter_text():
            await ws.send_text(f"I heard: {message}")


app = App()
app.add_route("/echo", Echo())
