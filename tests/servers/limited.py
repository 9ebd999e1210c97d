"""Applications with narrow limits, for real servers and real clients.

They share one server. The first segment of a path says which of them is meant.
"""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Final

from anyio import move_on_after, sleep, sleep_forever

from anyws import (
    App,
    HTTPUnauthorized,
    Request,
    Response,
    WebSocket,
    WebSocketDisconnected,
    WebSocketOptions,
)
from tests.servers import limits
from tests.servers.floods import Crossing, Farewell, Flood
from tests.servers.notes import Notes

if TYPE_CHECKING:
    from anyws._asgi.types import Receive, Scope, Send


class Lengths:
    """Says how long each message is."""

    def __init__(self, ws_options: WebSocketOptions | None = None) -> None:
        self.ws_options = ws_options

    async def on_websocket(self, req: Request, ws: WebSocket) -> None:
        await ws.accept()
        async for message in ws:
            await ws.send_text(str(len(message)))


class Work:
    """Does something else while its client leaves, and notes when it stops."""

    def __init__(self, ws_options: WebSocketOptions | None = None) -> None:
        self.ws_options = ws_options

    async def on_websocket(self, req: Request, ws: WebSocket, key: str) -> None:
        """Stop where the framework says so."""
        await ws.accept()
        await ws.send_text("at work")
        try:
            await sleep_forever()
        finally:
            ws.context.facts["stopped"] = time.monotonic()

    async def on_websocket_block(self, req: Request, ws: WebSocket, key: str) -> None:
        """Stop at the end of a block."""
        await ws.accept()
        with ws.move_on_disconnect():
            await ws.send_text("at work")
            await sleep_forever()
        ws.context.facts["stopped"] = time.monotonic()

    async def on_websocket_heedless(self, req: Request, ws: WebSocket, key: str) -> None:
        """Go on until a send says that nobody listens any more."""
        await ws.accept()
        await ws.send_text("at work")
        with move_on_after(limits.WORK):
            await sleep_forever()
        facts = ws.context.facts
        facts |= {"worked": time.monotonic(), "sends": 0}
        while True:
            facts["sends"] += 1
            await ws.send_text("done")
            await sleep(0.001)


class Handshake:
    """Answers a handshake late, or with a response."""

    async def on_websocket_late(self, req: Request, ws: WebSocket, key: str) -> None:
        try:
            await sleep_forever()
        finally:
            ws.context.facts["cancelled"] = True

    async def on_websocket_text(self, req: Request, ws: WebSocket) -> None:
        await ws.deny(402, headers=[("X-Why", "one"), ("x-why", "two")], text="pay ☃ first")

    async def on_websocket_media(self, req: Request, ws: WebSocket) -> None:
        await ws.deny("429 Too Many Requests", headers={"Retry-After": "7"}, media={"wait": [7]})

    async def on_websocket_bare(self, req: Request, ws: WebSocket) -> None:
        await ws.deny(410)

    async def on_websocket_unauthorized(self, req: Request, ws: WebSocket) -> None:
        raise HTTPUnauthorized(title="Who are you?", challenges=["Bearer"])


class Page:
    """An empty page, which leaves a cookie."""

    async def on_get(self, req: Request, resp: Response) -> None:
        resp.content_type = "text/html"
        resp.text = "<!doctype html><title>a page</title>"
        resp.set_cookie("session", "secret", secure=False)


class Account:
    """Tells its secret to whoever comes with the cookie."""

    async def on_websocket(self, req: Request, ws: WebSocket) -> None:
        await ws.accept()
        await ws.send_text(f"session={req.cookies.get('session')}")


class Witness:
    """Notes how connections ended whose responders have facts to tell."""

    def __init__(self, notes: Notes) -> None:
        self._notes = notes

    async def process_request_ws(self, req: Request, ws: WebSocket) -> None:
        ws.context.facts = {}

    async def process_disconnect_ws(
        self, req: Request, ws: WebSocket, resource: object, error: Exception | None
    ) -> None:
        facts = ws.context.facts
        if facts:
            if error is not None:
                facts["error"] = f"{type(error).__name__} {getattr(error, 'code', None)}"
            self._notes.write(req.path.rpartition("/")[2], told=time.monotonic(), **facts)


async def note_loss(
    req: Request,
    resp: Response | None,
    ex: WebSocketDisconnected,
    params: dict[str, object],
    ws: WebSocket,
) -> None:
    """Note the exception that reaches the error handlers."""
    ws.context.facts["handled"] = ex.code


def make_app(notes: Notes, root: str = "") -> App:
    """Make the application with most of the limits, its paths below a root."""
    options = WebSocketOptions(handshake_timeout=limits.HANDSHAKE_TIMEOUT, denial_responses=True)
    app = App(middleware=Witness(notes), ws_options=options)
    app.add_error_handler(WebSocketDisconnected, note_loss)
    app.add_route(f"{root}/notes/{{key}}", notes)
    app.add_route(f"{root}/page", Page())
    app.add_route(f"{root}/flood/{{key}}", flood := Flood())
    app.add_route(f"{root}/flood/watched/{{key}}", flood, suffix="watched")
    app.add_route(f"{root}/crossing/{{key}}", Crossing())
    app.add_route(f"{root}/farewell/{{key}}", Farewell(notes))
    for name, narrow in {
        "small": WebSocketOptions(max_message_size=limits.MAX_SIZE),
        "burst": WebSocketOptions(receive_rate=limits.BURST),
        "pace": WebSocketOptions(receive_rate=limits.PACE),
        "lively": WebSocketOptions(idle_timeout=limits.IDLE_TIMEOUT),
    }.items():
        app.add_route(f"{root}/{name}", Lengths(narrow))
    bound = WebSocketOptions(cancel_on_disconnect=True)
    app.add_route(f"{root}/work/bound/{{key}}", Work(bound))
    for suffix in ("block", "heedless"):
        app.add_route(f"{root}/work/{suffix}/{{key}}", Work(), suffix=suffix)
    app.add_route(f"{root}/late/{{key}}", Handshake(), suffix="late")
    _add_doors(app, root)
    return app


def _make_door(root: str, options: WebSocketOptions) -> App:
    app = App(ws_options=options)
    _add_doors(app, root)
    return app


def _add_doors(app: App, root: str) -> None:
    app.add_route(f"{root}/free", Lengths())
    app.add_route(f"{root}/account", Account())
    for suffix in ("text", "media", "bare", "unauthorized"):
        app.add_route(f"{root}/denied/{suffix}", Handshake(), suffix=suffix)


logging.basicConfig(format="%(levelname)s %(message)s")
logging.getLogger("anyws").setLevel(logging.INFO)

_notes: Final = Notes()
_main: Final = make_app(_notes)
_others: Final = {
    "unkept": make_app(_notes, "/unkept"),
    "usual": _make_door("/usual", WebSocketOptions()),
    "full": _make_door("/full", WebSocketOptions(max_connections=limits.MAX_CONNECTIONS)),
    "listed": _make_door("/listed", WebSocketOptions(allowed_origins=[limits.FRIEND])),
    "open": _make_door("/open", WebSocketOptions(allowed_origins="*")),
}


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Have the application serve that is meant. The lifespan is that of the main one alone."""
    segment = "" if scope["type"] == "lifespan" else scope["path"].split("/")[1]
    await _others.get(segment, _main)(scope, receive, send)
