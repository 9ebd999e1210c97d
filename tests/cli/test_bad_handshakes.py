"""What Hypercorn leaves half done, and the launcher ends: for those who keep to no protocol."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import anyio
import pytest
from anyio import Event, create_task_group, fail_after
from anyio.abc import SocketStream
from hpack import Encoder

from anyws._asgi.types import ASGIApp, Receive, Scope, Send
from anyws.cli.options import ServeOptions
from anyws.cli.server import serve
from tests.servers.malformed import PREFACE, frame_of, handshake

FIELDS = {
    b"Host": b"127.0.0.1",
    b"Connection": b"Upgrade",
    b"Upgrade": b"websocket",
    b"Sec-WebSocket-Version": b"13",
    b"Sec-WebSocket-Key": b"dGhlIHNhbXBsZSBub25jZQ==",
}
TEXT = b"\x81\x85\x00\x00\x00\x00hello"
NO_WINDOW = frame_of(4, b"\x00\x04\x00\x00\x00\x00", stream=0)
GET = {b":method": b"GET", b":path": b"/", b":scheme": b"http", b":authority": b"a"}


class Witness:
    """Answers, or doesn't, and notes what it hears."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.ended = Event()
        self.answers: list[dict[str, object]] = [{"type": "websocket.accept"}]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            return
        event = await receive()
        if scope["type"] == "http":
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": bytes(2**20)})
        else:
            await anyio.sleep(0.05)
            for answer in self.answers:
                await send(answer)
            while len(self.answers) == 1 and event["type"] != "websocket.disconnect":
                event = await receive()
                self.heard.append(event["type"])
        self.ended.set()


@asynccontextmanager
async def connected(
    app: ASGIApp, options: ServeOptions | None = None
) -> AsyncIterator[SocketStream]:
    """Serve, and connect."""
    shutdown = Event()
    with fail_after(5):
        async with create_task_group() as tasks:
            start = partial(serve, app, port=0, shutdown=shutdown, options=options)
            port = await tasks.start(start)
            async with await anyio.connect_tcp("127.0.0.1", port) as stream:
                yield stream
            shutdown.set()


async def read_all(stream: SocketStream) -> bytes:
    """Read until the server closes the connection."""
    return b"".join([data async for data in stream])


async def test_data_before_the_handshake_is_over_ends_it_and_the_application_hears_of_it() -> None:
    witness = Witness()
    async with connected(witness) as stream:
        await stream.send(handshake(FIELDS) + TEXT)
        assert (await read_all(stream)).startswith(b"HTTP/1.1 400")
        await witness.ended.wait()
    assert witness.heard == ["websocket.disconnect"]


async def test_an_invalid_handshake_is_answered_and_the_connection_closed() -> None:
    witness = Witness()
    async with connected(witness) as stream:
        await stream.send(handshake(FIELDS | {b"Sec-WebSocket-Version": b"12"}))
        assert (await read_all(stream)).startswith(b"HTTP/1.1 400")
    assert not witness.ended.is_set()


async def test_data_behind_a_refusal_does_not_get_in_its_way() -> None:
    witness = Witness()
    witness.answers = [
        {"type": "websocket.http.response.start", "status": 410, "headers": []},
        {"type": "websocket.http.response.body", "body": b"go", "more_body": True},
        {"type": "websocket.http.response.body", "body": b"ne"},
    ]
    async with connected(witness) as stream:
        await stream.send(handshake(FIELDS))
        answer = await stream.receive()
        await stream.send(TEXT)
        answer += await read_all(stream)
    assert answer.startswith(b"HTTP/1.1 410")
    assert b"go" in answer


@pytest.mark.parametrize(
    "offer",
    [
        b"permessage-deflate; server_max_window_bits=abc",
        b"permessage-deflate; client_max_window_bits=99",
    ],
)
async def test_an_offer_of_compression_that_makes_no_sense_is_declined(offer: bytes) -> None:
    async with connected(Witness()) as stream:
        await stream.send(handshake(FIELDS | {b"Sec-WebSocket-Extensions": offer}))
        answer = await stream.receive()
    assert answer.startswith(b"HTTP/1.1 101")
    assert b"permessage-deflate" not in answer


async def test_a_response_by_http2_ends_with_its_client() -> None:
    witness = Witness()
    async with connected(witness) as stream:
        head = Encoder().encode(list(GET.items()))
        await stream.send(PREFACE + NO_WINDOW + frame_of(1, head, flags=5, stream=1))
        await stream.receive()
        await anyio.sleep(0.1)
        assert not witness.ended.is_set()
        await stream.aclose()
        await witness.ended.wait()


async def test_a_server_that_has_served_its_number_of_requests_ends_in_good_order(
    tmp_path: Path,
) -> None:
    file = tmp_path / "hypercorn.toml"
    file.write_text("max_requests = 1\n")
    with fail_after(5):
        async with create_task_group() as tasks:
            options = ServeOptions(config=file)
            port = await tasks.start(partial(serve, Witness(), port=0, options=options))
            for _ in range(2):
                async with await anyio.connect_tcp("127.0.0.1", port) as stream:
                    await stream.send(handshake({b"Host": b"a"}))
                    assert (await stream.receive()).startswith(b"HTTP/1.1 200")
