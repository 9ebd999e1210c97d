"""An application that uses what a socket offers, for real servers and real clients."""

from __future__ import annotations

from random import Random

from anyio import sleep, sleep_forever

from anyws import (
    App,
    HTTPForbidden,
    Request,
    WebSocket,
    WebSocketDisconnected,
    WebSocketPayloadType,
)
from tests.servers.http_side import add_http_side
from tests.servers.notes import Notes
from tests.servers.singing import sing_in_chorus, sing_with_cuts

TICK = 0.01
"""Seconds between the messages of a responder that only sends."""


class Echo:
    """Gives back what comes."""

    async def on_websocket(self, req: Request, ws: WebSocket) -> None:
        await ws.accept()
        async for message in ws:
            if isinstance(message, str):
                await ws.send_text(message)
            else:
                await ws.send_data(message)

    async def on_websocket_json(self, req: Request, ws: WebSocket) -> None:
        await ws.accept()
        async for media in ws.iter_media():
            await ws.send_media({"echo": media})

    async def on_websocket_msgpack(self, req: Request, ws: WebSocket) -> None:
        await ws.accept()
        async for media in ws.iter_media():
            await ws.send_media({"echo": media}, WebSocketPayloadType.BINARY)


class Handshake:
    """Answers the handshake in every way there is."""

    async def on_websocket_subprotocol(self, req: Request, ws: WebSocket) -> None:
        await ws.accept(subprotocol=ws.subprotocols[-1])
        await ws.send_json(ws.subprotocols)

    async def on_websocket_headers(self, req: Request, ws: WebSocket) -> None:
        await ws.accept(headers=[("X-Part", "one"), ("x-part", "two")])

    async def on_websocket_closed(self, req: Request, ws: WebSocket) -> None:
        await ws.close(4003)

    async def on_websocket_forbidden(self, req: Request, ws: WebSocket) -> None:
        raise HTTPForbidden

    async def on_websocket_unanswered(self, req: Request, ws: WebSocket) -> None:
        """Leave the answer to the framework."""

    async def on_websocket_broken(self, req: Request, ws: WebSocket) -> None:
        raise LookupError("broken before the accept")


class Ends:
    """Ends an accepted socket, or has the client end it."""

    def __init__(self, notes: Notes) -> None:
        self._notes = notes

    async def on_websocket_closed(self, req: Request, ws: WebSocket, code: int) -> None:
        await ws.accept()
        await ws.close(code, req.get_param("reason"))

    async def on_websocket_returned(self, req: Request, ws: WebSocket) -> None:
        await ws.accept()

    async def on_websocket_forbidden(self, req: Request, ws: WebSocket) -> None:
        await ws.accept()
        raise HTTPForbidden

    async def on_websocket_broken(self, req: Request, ws: WebSocket) -> None:
        await ws.accept()
        raise LookupError("broken after the accept")

    async def on_websocket_by_client(self, req: Request, ws: WebSocket, key: str) -> None:
        await ws.accept()
        try:
            await ws.receive_text()
        except WebSocketDisconnected as gone:
            self._notes.write(key, code=gone.code, reason=gone.reason)


class Vigil:
    """Stays until the client leaves, each time with another way to learn of it."""

    def __init__(self, notes: Notes) -> None:
        self._notes = notes

    async def on_websocket_sending(self, req: Request, ws: WebSocket, key: str) -> None:
        await ws.accept()
        try:
            while True:
                await ws.send_text("tick")
                await sleep(TICK)
        except WebSocketDisconnected as gone:
            self._notes.write(key, code=gone.code)

    async def on_websocket_working(self, req: Request, ws: WebSocket, key: str) -> None:
        await ws.accept()
        with ws.move_on_disconnect() as scope:
            await ws.send_text("at work")
            await sleep_forever()
        self._notes.write(key, caught=scope.cancelled_caught, code=ws.close_code)

    async def on_websocket_watching(self, req: Request, ws: WebSocket, key: str) -> None:
        await ws.accept()
        self._notes.write(key, code=await ws.wait_disconnected())


class Singers:
    """Sends from many tasks at once."""

    async def on_websocket(self, req: Request, ws: WebSocket) -> None:
        await ws.accept()
        await sing_in_chorus(ws)

    async def on_websocket_cut(self, req: Request, ws: WebSocket, seed: int) -> None:
        await ws.accept()
        await ws.send_json(await sing_with_cuts(ws, Random(seed)))
        async for message in ws:
            await ws.send_text(str(message))


class Reports:
    """What only those may see that the gate lets through."""

    async def on_websocket(self, req: Request, ws: WebSocket) -> None:
        await ws.accept()
        await ws.send_text("the secret figures")


class Gate:
    """Protects one path: the application that shows whether there is a way around it."""

    async def process_request_ws(self, req: Request, ws: WebSocket) -> None:
        if req.path == "/reports" and req.get_header("authorization") is None:
            raise HTTPForbidden


class Greeter:
    """Accepts what is below one path before it is known what is there."""

    async def process_request_ws(self, req: Request, ws: WebSocket) -> None:
        if req.path.startswith("/greeted/"):
            await ws.accept()
            await ws.send_text("welcome")


def make_app() -> App:
    """Make the application."""
    app = App(middleware=[Gate(), Greeter()])
    notes = Notes()
    app.add_route("/notes/{key}", notes)
    app.add_route("/greeted/notes/{key}", notes)
    app.add_route("/reports", Reports())
    echo, handshake, ends = Echo(), Handshake(), Ends(notes)
    app.add_route("/echo", echo)
    for suffix in ("json", "msgpack"):
        app.add_route(f"/echo/{suffix}", echo, suffix=suffix)
    for suffix in ("subprotocol", "headers", "closed", "forbidden", "unanswered", "broken"):
        app.add_route(f"/handshake/{suffix}", handshake, suffix=suffix)
    app.add_route("/ends/closed/{code:int}", ends, suffix="closed")
    for suffix in ("returned", "forbidden", "broken"):
        app.add_route(f"/ends/{suffix}", ends, suffix=suffix)
    app.add_route("/ends/by-client/{key}", ends, suffix="by_client")
    vigil = Vigil(notes)
    for suffix in ("sending", "working", "watching"):
        app.add_route(f"/vigil/{suffix}/{{key}}", vigil, suffix=suffix)
    app.add_route("/singers", Singers())
    app.add_route("/singers/cut/{seed:int}", Singers(), suffix="cut")
    add_http_side(app, notes)
    return app


app = make_app()
