"""Requests and responses without a server."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from typing import Any

import anyio

from anyws import Request, RequestOptions, Response, ResponseOptions

Event = dict[str, Any]


def make_scope(kind: str = "http", **fields: Any) -> dict[str, Any]:
    """Give the scope of a request for `/`, with what a test has to say about it."""
    scope = {
        "type": kind,
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "path": "/",
        "query_string": b"",
        "headers": [],
    }
    if kind == "http":
        scope["method"] = "GET"
    return scope | fields


def raw(headers: Mapping[str, str] | Iterable[tuple[str, str]]) -> list[tuple[bytes, bytes]]:
    """Give headers as servers do."""
    pairs = headers.items() if isinstance(headers, Mapping) else headers
    return [(name.lower().encode(), value.encode("latin-1")) for name, value in pairs]


class Server:
    """What `receive()` gives: these events, then nothing more until the client is told to leave."""

    def __init__(self, *events: Event) -> None:
        self.events = deque(events)
        self.calls = 0
        self.left = anyio.Event()

    async def receive(self) -> Event:
        await anyio.lowlevel.checkpoint()
        self.calls += 1
        if self.events:
            return self.events.popleft()
        await self.left.wait()
        return {"type": "http.disconnect"}


def part(body: bytes, *, more: bool = True) -> Event:
    """Give the event of one part of a body."""
    return {"type": "http.request", "body": body, "more_body": more}


def request_with_body(
    *parts: bytes, headers: Mapping[str, str] | None = None, **options: Any
) -> Request:
    """Give a request whose body comes in these parts, the last one marked as such."""
    events = [part(body) for body in parts[:-1]]
    events.append(part(parts[-1] if parts else b"", more=False))
    scope = make_scope(method="POST", headers=raw(headers or {}))
    return Request(scope, Server(*events).receive, options=RequestOptions(**options))


def make_request(
    path: str = "/",
    *,
    headers: Mapping[str, str] | Iterable[tuple[str, str]] = (),
    options: RequestOptions | None = None,
    **fields: Any,
) -> Request:
    """Give a request without a body."""
    scope = make_scope(path=path, headers=raw(headers), **fields)
    return Request(scope, Server().receive, options=options or RequestOptions())


def make_response(**options: Any) -> Response:
    """Give an empty response."""
    return Response(options=ResponseOptions(**options))
