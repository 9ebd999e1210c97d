"""Clients that send and take more than fits into memory, made up while they are listened to."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Final

import anyio
from anyio.lowlevel import checkpoint

from anyws import App
from anyws._asgi.types import Event

CHUNK: Final = 64 * 1024
"""Bytes in one event, as servers read them."""
MIB: Final = 1024**2
GIB: Final = 1024**3


def blank_chunks(size: int, *, chunk: int = CHUNK) -> Iterator[bytes]:
    """Make a body of a size. Each chunk is an object of its own: one that is kept is seen."""
    for start in range(0, size, chunk):
        yield bytes(min(chunk, size - start))


class Client:
    """One exchange, as a server has it: what the client sends, and a count of what it gets.

    When all was sent the body ends, and the client stays for the response; or else it leaves. It
    also leaves when it is refused.
    """

    def __init__(self, chunks: Iterable[bytes], *, leaves: bool = False) -> None:
        self._chunks = iter(chunks)
        self._ends = not leaves
        self._answered = anyio.Event()
        self._asked_for = 0
        self.status = 0
        self.asked_for_before_answer = 0
        self.body_size = 0

    async def receive(self) -> Event:
        await checkpoint()
        self._asked_for += 1
        chunk = None if self.status >= 400 else next(self._chunks, None)
        if chunk is not None:
            return {"type": "http.request", "body": chunk, "more_body": True}
        if self._ends and self.status < 400:
            self._ends = False
            return {"type": "http.request", "body": b"", "more_body": False}
        if 0 < self.status < 400:
            await self._answered.wait()
        return {"type": "http.disconnect"}

    async def send(self, event: Event) -> None:
        if not self.status:
            self.asked_for_before_answer = self._asked_for
        await checkpoint()
        if event["type"] == "http.response.start":
            self.status = event["status"]
        else:
            self.body_size += len(event["body"])
            if not event["more_body"]:
                self._answered.set()


async def exchange(app: App, client: Client, method: str = "POST", **headers: str) -> None:
    """Have the application serve the client."""
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": method,
        "path": "/",
        "query_string": b"",
        "headers": [
            (name.replace("_", "-").lower().encode(), value.encode())
            for name, value in headers.items()
        ],
    }
    await app(scope, client.receive, client.send)


class Memory:
    """How much memory a block took at most, beyond what was taken when it began."""

    peak: int


@contextmanager
def measured_memory() -> Iterator[Memory]:
    """Measure what Python allocates in the block."""
    memory = Memory()
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        yield memory
        memory.peak = tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()
