"""permessage-deflate (RFC 7692), and the switch for it."""

from __future__ import annotations

import anyio
import pytest
from hypercorn.protocol.ws_stream import FrameTooLargeError
from wsproto.events import CloseConnection, TextMessage

from anyws import ServeOptions
from anyws._asgi.types import Receive, Scope, Send
from anyws.cli.worker.streams import MessageBuffer
from tests.cli.talking import served, talking


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "lifespan":
        return
    await receive()
    await send({"type": "websocket.accept"})
    while (event := await receive())["type"] == "websocket.receive":
        await send({"type": "websocket.send", "text": event["text"]})


async def test_each_server_of_a_process_compresses_or_not_as_it_was_told() -> None:
    async with (
        served(echo, ServeOptions()) as with_it,
        served(echo, ServeOptions(compression=False)) as without,
    ):
        for port, names in ((without, []), (with_it, ["permessage-deflate"])):
            async with talking(port, deflate=True) as (talker, accepted):
                assert [extension.name for extension in accepted.extensions] == names
                await talker.send(TextMessage("hello" * 100))
                assert await talker.next_text() == "hello" * 100


async def test_an_offer_that_makes_hypercorn_fail_is_not_even_read_without_compression() -> None:
    offer = (b"sec-websocket-extensions", b"permessage-deflate; server_max_window_bits=abc")
    async with (
        served(echo, ServeOptions(compression=False)) as port,
        talking(port, extra_headers=[offer]) as (talker, _),
    ):
        await talker.send(TextMessage("hello"))
        assert await talker.next_text() == "hello"


async def test_a_message_that_is_too_large_for_the_server_is_closed_with_1009() -> None:
    async with (
        served(echo, ServeOptions(max_message_size=10)) as port,
        talking(port) as (talker, _),
    ):
        await talker.send(TextMessage("x" * 10))
        assert await talker.next_text() == "x" * 10
        await talker.send(TextMessage("x" * 11))
        frame = await talker.next()
    assert isinstance(frame, CloseConnection)
    assert frame.code == 1009


async def test_a_client_that_goes_on_after_1009_is_dropped_for_want_of_its_own_close() -> None:
    quick = ServeOptions(max_message_size=10, ping_interval=0.05, ping_timeout=0.05)
    async with served(echo, quick) as port, talking(port) as (talker, _):
        with pytest.raises(anyio.BrokenResourceError):
            while True:
                await talker.send(TextMessage("x" * 11))


def test_a_message_that_is_too_large_takes_no_memory_and_stays_too_large() -> None:
    buffer = MessageBuffer(10)
    buffer.extend(TextMessage("x" * 8, message_finished=False))
    for part in ("x" * 3, "x"):
        with pytest.raises(FrameTooLargeError):
            buffer.extend(TextMessage(part))
    assert buffer.value is None
