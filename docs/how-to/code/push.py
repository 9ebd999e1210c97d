import anyio

from anyws import App, Request, WebSocket


class Talk:
    """Sends on its own and answers, in two tasks."""

    async def on_websocket(self, req: Request, ws: WebSocket) -> None:
        await ws.accept()
        ws.task_group.start_soon(self.push, ws)
        async for message in ws.iter_text():
            await ws.send_text(message.upper())

    async def push(self, ws: WebSocket) -> None:
        while True:
            await ws.send_text("still here")
            await anyio.sleep(30)


class Feed:
    """Only sends, and has something to do once the client has left."""

    def __init__(self) -> None:
        self.visits = 0

    async def on_websocket(self, req: Request, ws: WebSocket) -> None:
        await ws.accept()
        ws.discard_incoming()
        with ws.move_on_disconnect():
            while True:
                await ws.send_media({"visits": self.visits})
                await anyio.sleep(30)
        self.visits += 1


class Search:
    """Gives up a long piece of work if nobody waits for it any more."""

    async def on_websocket(self, req: Request, ws: WebSocket) -> None:
        await ws.accept()
        async for question in ws.iter_text():
            with ws.fail_on_disconnect():
                answer = await self.look_up(question)
            await ws.send_text(answer)

    async def look_up(self, question: str) -> str:
        await anyio.sleep(30)
        return f"nothing is known about {question}"


app = App()
app.add_route("/talk", Talk())
app.add_route("/feed", Feed())
app.add_route("/search", Search())
