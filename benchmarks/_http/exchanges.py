"""The requests that are made, as an ASGI server makes them, and what is to be answered."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final, NamedTuple

from benchmarks._harness import Stopwatch

if TYPE_CHECKING:
    from anyws._asgi.types import ASGIApp, Event, Receive, Scope

ARTICLE: Final[dict[str, object]] = {
    "id": 12345,
    "title": "Structured concurrency",
    "author": {"name": "N. J. Smith", "verified": True},
    "tags": ["async", "python", "design"],
    "rating": 4.75,
    "comments": 218,
    "draft": False,
}
COMMENT: Final[dict[str, object]] = {"author": "Ada", "text": "Well put.", "stars": 5}
GREETING: Final = "Hello, world!"

_HEADERS: Final = (
    (b"host", b"api.example.com"),
    (b"user-agent", b"Mozilla/5.0 (X11; Linux x86_64; rv:141.0) Gecko/20100101 Firefox/141.0"),
    (b"accept", b"application/json, text/plain;q=0.9, */*;q=0.8"),
    (b"accept-language", b"en-GB,en;q=0.7"),
    (b"accept-encoding", b"gzip, deflate, br, zstd"),
    (b"authorization", b"Bearer 2YotnFZFEjr1zCsicMWpAA"),
    (b"x-request-id", b"0f9d1a5e-8c0b-4d5f-9d0b-6f1f3b6d7f10"),
)


class Exchange(NamedTuple):
    """A request, and the answer that all give."""

    name: str
    method: str
    path: str
    sent: object
    """The object that is the request's body in JSON; None where it has none."""
    answer: object
    middleware: bool = False
    """Whether the two components of middleware stand before the responder: one that gives the
    request's identifier back, and one that reads the token and forbids shared caches."""

    def body(self) -> bytes:
        return b"" if self.sent is None else json.dumps(self.sent).encode()

    def scope(self) -> Scope:
        """Make a new scope, as a server does for each request."""
        headers = list(_HEADERS)
        if self.sent is not None:
            headers.append((b"content-type", b"application/json"))
            headers.append((b"content-length", b"%d" % len(self.body())))
        return {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": self.method,
            "scheme": "http",
            "path": self.path,
            "raw_path": self.path.encode(),
            "query_string": b"",
            "root_path": "",
            "headers": headers,
            "client": ("203.0.113.7", 51644),
            "server": ("10.0.0.5", 8000),
            "state": {},
            "extensions": {},
        }


EXCHANGES: Final = (
    Exchange("JSON GET", "GET", "/articles/12345", None, ARTICLE),
    Exchange("plain-text GET", "GET", "/greeting", None, GREETING),
    Exchange("JSON POST", "POST", "/articles/12345/comments", COMMENT, COMMENT),
    Exchange("JSON GET, two middleware", "GET", "/articles/12345", None, ARTICLE, middleware=True),
)


class Answer(NamedTuple):
    """What came back, as far as all have to agree on it."""

    status: int
    content: object
    media_type: str
    surplus: int
    """Bytes that Content-Length announces and that don't come."""
    from_middleware: tuple[str | None, str | None]
    """The two header fields that the middleware sets."""


async def answer(app: ASGIApp, exchange: Exchange) -> Answer:
    """Make the request once and read the answer."""
    events: list[Event] = []

    async def send(event: Event) -> None:
        events.append(event)

    await app(exchange.scope(), _client(exchange), send)
    start, *parts = events
    headers = {name.decode(): value.decode() for name, value in start["headers"]}
    body = b"".join(part.get("body", b"") for part in parts)
    media_type = headers["content-type"].partition(";")[0]
    return Answer(
        status=start["status"],
        content=json.loads(body) if media_type == "application/json" else body.decode(),
        media_type=media_type,
        surplus=int(headers["content-length"]) - len(body),
        from_middleware=(headers.get("x-request-id"), headers.get("cache-control")),
    )


async def time_exchange(app: ASGIApp, exchange: Exchange, calls: int) -> float:
    """Give the microseconds that one request takes, the server's share of it left out."""
    scopes = [exchange.scope() for _ in range(calls)]
    receive = _client(exchange)
    with Stopwatch() as watch:
        for scope in scopes:
            await app(scope, receive, _drop)
    return watch.seconds / calls * 1e6


def _client(exchange: Exchange) -> Receive:
    """Give what the server hands out when it is asked: the whole of the request's body."""
    body = exchange.body()

    async def receive() -> Event:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


async def _drop(event: Event) -> None:
    """Take what is sent, as a server does whose buffer has room."""
