"""The application: `anyws serve examples.tutorial.app:app` runs it."""

from __future__ import annotations

import logging
import os
from datetime import UTC, datetime
from pathlib import Path

from anyws import App, PayloadTypeError, Request, Response, WebSocket

from .components import ConnectionLog, FirstMessageAuth

REPORTS = {
    "rain": "41 mm in October, 12 mm less than in an average year",
    "sun": "118 hours in October",
    "wind": "a gale on the 9th, calm otherwise",
}


class Hello:
    """An ordinary HTTP resource."""

    async def on_get(self, req: Request, resp: Response) -> None:
        resp.media = {"hello": "world"}


class Echo:
    """Says everything once more, with the time at which it was heard."""

    async def on_websocket(self, req: Request, ws: WebSocket) -> None:
        await ws.accept()
        async for message in ws.iter_text():
            await ws.send_media({"message": message, "date": datetime.now(UTC).isoformat()})


class Reports:
    """Answers the name of a report with its text. `FirstMessageAuth` has accepted the socket."""

    async def on_websocket(self, req: Request, ws: WebSocket) -> None:
        async for name in ws.iter_text():
            if name in REPORTS:
                await ws.send_media({"name": name, "report": REPORTS[name]})
            else:
                await ws.send_media({"error": "report not found", "known": sorted(REPORTS)})


async def refuse_binary(
    req: Request,
    resp: Response | None,
    ex: PayloadTypeError,
    params: dict[str, object],
    ws: WebSocket | None = None,
) -> None:
    """Tell a client that sends bytes that this application speaks text."""
    if ws is not None:
        await ws.close(1003, "text messages only")


def create_app(token: str) -> App:
    """The application, whose reports are for those who know the token."""
    app = App(middleware=[ConnectionLog(), FirstMessageAuth(token, protected={"/reports"})])
    app.add_route("/hello", Hello())
    app.add_route("/echo", Echo())
    app.add_route("/reports", Reports())
    app.add_error_handler(PayloadTypeError, refuse_binary)
    app.add_static_route("/", Path(__file__).parent / "static", fallback_filename="index.html")
    return app


logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
app = create_app(os.environ.get("TUTORIAL_TOKEN", "open sesame"))
