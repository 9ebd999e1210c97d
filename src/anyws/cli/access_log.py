"""A line on stdout for each request, and for each WebSocket when it has ended."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from time import monotonic
from typing import Final, Literal, TypeAlias
from urllib.parse import quote

from anyws._asgi.types import ASGIApp, Event, Receive, Scope, Send

Format: TypeAlias = Literal["line", "json"]

_NOT_QUOTED: Final = "/:@!$&'()*+,;=~"


@dataclass
class Visit:
    """A request or a WebSocket, and how it went. The path is quoted, and without the query."""

    time: str
    peer: str | None
    method: str
    path: str
    http: str | None = None
    status: int | None = None
    sent: int = 0
    close_code: int | None = None
    seconds: float = 0.0


class AccessLog:
    """An ASGI application around another one, which writes down how each of its calls went.

    What the server answers by itself, as it does to malformed requests, is not seen here.
    """

    def __init__(
        self,
        application: ASGIApp,
        format: Format,
        *,
        write: Callable[[str], object] | None = None,
    ) -> None:
        self._application = application
        self._text_of = _FORMATS[format]
        self._write = _print if write is None else write

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._application(scope, receive, send)
            return
        visit = _visit_of(scope)
        began = monotonic()

        async def receive_noting() -> Event:
            event = await receive()
            if event["type"] == "websocket.disconnect" and visit.close_code is None:
                visit.close_code = event.get("code", 1005)
            return event

        async def send_noting(event: Event) -> None:
            _note(visit, event)
            await send(event)

        try:
            await self._application(
                scope, receive_noting if scope["type"] == "websocket" else receive, send_noting
            )
        finally:
            visit.seconds = round(monotonic() - began, 6)
            _conclude(visit)
            self._write(self._text_of(visit))


def _visit_of(scope: Scope) -> Visit:
    client = scope.get("client")
    return Visit(
        time=datetime.now(UTC).isoformat(timespec="milliseconds"),
        peer=None if client is None else str(client[0]),
        method=scope["method"] if scope["type"] == "http" else "WEBSOCKET",
        path=quote(scope["path"], safe=_NOT_QUOTED, errors="backslashreplace"),
        http=scope.get("http_version"),
    )


def _note(visit: Visit, event: Event) -> None:
    match event["type"]:
        case "http.response.start" | "websocket.http.response.start":
            visit.status = event["status"]
        case "http.response.body" | "websocket.http.response.body":
            visit.sent += len(event.get("body", b""))
        case "websocket.accept":
            visit.status = 101
        case "websocket.close" if visit.status is None:
            visit.status = 403  # ASGI specification, `websocket.close` before the acceptance.
        case "websocket.close" if visit.close_code is None:
            visit.close_code = event.get("code", 1000)
        case _:
            pass


def _conclude(visit: Visit) -> None:
    """Add what the server answers where the application has not."""
    if visit.status is None and visit.close_code is None:
        visit.status = 500
    elif visit.status == 101 and visit.close_code is None:
        visit.close_code = 1011


def _as_line(visit: Visit) -> str:
    how = visit.status if visit.close_code is None else visit.close_code
    peer = "-" if visit.peer is None else visit.peer
    return f"{visit.time} {peer} {visit.method} {visit.path} {how} {_duration(visit.seconds)}\n"


def _duration(seconds: float) -> str:
    return f"{seconds * 1000:.1f}ms" if seconds < 1 else f"{seconds:.1f}s"


def _as_json(visit: Visit) -> str:
    known = {name: value for name, value in vars(visit).items() if value is not None}
    return f"{json.dumps(known)}\n"


_FORMATS: Final[dict[Format, Callable[[Visit], str]]] = {"line": _as_line, "json": _as_json}


def _print(line: str) -> None:
    # Who reads the log may have left, which is not the client's fault.
    with suppress(OSError, ValueError):
        sys.stdout.write(line)
        sys.stdout.flush()
