"""A chat room whose members do not wait for each other."""

import anyio
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream

from anyws import App, Request, WebSocket

BEHIND = 20
"""Messages that the room keeps for a member who does not read. It misses what comes then."""


class Room:
    def __init__(self) -> None:
        self._outboxes: dict[WebSocket, MemoryObjectSendStream[str]] = {}

    async def on_websocket(self, req: Request, ws: WebSocket, name: str) -> None:
        await ws.accept()
        outbox, inbox = anyio.create_memory_object_stream[str](BEHIND)
        with outbox:
            self._outboxes[ws] = outbox
            ws.task_group.start_soon(self._forward, ws, inbox)
            try:
                self._tell(f"{name} is here")
                async for text in ws.iter_text():
                    self._tell(f"{name}: {text}")
            finally:
                del self._outboxes[ws]
                self._tell(f"{name} has left")

    async def _forward(self, ws: WebSocket, inbox: MemoryObjectReceiveStream[str]) -> None:
        with inbox:
            async for text in inbox:
                await ws.send_text(text)

    def _tell(self, text: str) -> None:
        for outbox in self._outboxes.values():
            try:
                outbox.send_nowait(text)
            except anyio.WouldBlock:
                continue


def make_app() -> App:
    app = App()
    app.ws_options.receive_rate = (20, 200)
    app.add_route("/room/{name}", Room())
    return app


app = make_app()
