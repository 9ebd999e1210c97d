"""An application that tells what arrives of a client who comes through a proxy."""

from __future__ import annotations

from collections.abc import AsyncIterator

from anyio import Event

from anyws import App, Request, Response, SSEvent, WebSocket


class Echo:
    """Gives back what comes."""

    async def on_websocket(self, req: Request, ws: WebSocket) -> None:
        await ws.accept()
        async for message in ws:
            await ws.send_text(str(message))


class Visitor:
    """Tells who asks."""

    async def on_get(self, req: Request, resp: Response) -> None:
        resp.media = {"address": req.remote_addr, "scheme": req.scheme, "host": req.host}

    async def on_websocket(self, req: Request, ws: WebSocket) -> None:
        await ws.accept()
        await ws.send_json({"address": req.remote_addr, "scheme": req.scheme, "host": req.host})


class Steps:
    """Takes the next step when it is asked to, and no sooner."""

    def __init__(self) -> None:
        self._next = Event()

    async def on_get(self, req: Request, resp: Response) -> None:
        resp.sse = (SSEvent(step) async for step in self._take())

    async def on_get_plain(self, req: Request, resp: Response) -> None:
        resp.stream = (f"data: {step}\n".encode() async for step in self._take())

    async def on_post(self, req: Request, resp: Response) -> None:
        self._next.set()

    async def _take(self) -> AsyncIterator[str]:
        for number in range(3):
            yield str(number)
            await self._next.wait()
            self._next = Event()


class Upload:
    """Says when the first part of a body has arrived."""

    def __init__(self) -> None:
        self._begun = Event()

    async def on_post(self, req: Request, resp: Response) -> None:
        size = 0
        async for part in req.stream:
            size += len(part)
            self._begun.set()
        resp.media = size

    async def on_get(self, req: Request, resp: Response) -> None:
        await self._begun.wait()


class Section:
    """Is in the middle of something until it is told to finish."""

    async def on_websocket(self, req: Request, ws: WebSocket) -> None:
        await ws.accept()
        async with ws.finish_first():
            await ws.send_text("in the middle")
            await ws.receive_text()


class Health:
    """Says whether more clients are welcome."""

    async def on_get(self, req: Request, resp: Response) -> None:
        resp.status = 503 if app.draining else 200


app = App()
app.add_route("/echo", Echo())
app.add_route("/visitor", Visitor())
steps = Steps()
app.add_route("/steps", steps)
app.add_route("/steps/plain", steps, suffix="plain")
app.add_route("/upload", Upload())
app.add_route("/section", Section())
app.add_route("/health", Health())
