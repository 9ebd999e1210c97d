"""How many connections there may be, and how long a head may take."""

from __future__ import annotations

import logging
from contextlib import AsyncExitStack

import anyio
import pytest
from anyio.abc import ByteStream

from anyws import ServeOptions
from anyws._asgi.types import Receive, Scope, Send
from anyws.cli.worker.door import Door
from tests.cli.talking import connected, served

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
SETTINGS = b"\x00\x00\x00\x04\x00\x00\x00\x00\x00"


async def hello(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"hello"})


async def ends(stream: ByteStream) -> bool:
    """Read until the server closes the connection."""
    try:
        while True:
            await stream.receive()
    except (anyio.EndOfStream, anyio.BrokenResourceError):
        return True


async def test_a_connection_too_many_is_closed_at_once_and_one_line_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    # Nobody who has left is waited for as for a next request.
    options = ServeOptions(max_connections=2, header_timeout=60)
    async with served(hello, options) as port:
        async with AsyncExitStack() as stack:
            for _ in range(2):
                stream = await stack.enter_async_context(await connected(port))
                await stream.send(b"GET / HTTP/1.1\r\nhost: test\r\n\r\n")
                assert (await stream.receive()).startswith(b"HTTP/1.1 200")
            for _ in range(5):
                async with await connected(port) as stream:
                    assert await ends(stream)
        # Whoever leaves makes room, as soon as the server has noticed.
        while not await is_served(port):
            pass
    lines = [line for line in caplog.messages if "max_connections=2" in line]
    assert len(lines) == 1


async def is_served(port: int) -> bool:
    async with await connected(port) as stream:
        try:
            await stream.send(b"GET / HTTP/1.1\r\nhost: test\r\n\r\n")
            return (await stream.receive()).startswith(b"HTTP/1.1 200")
        except (anyio.EndOfStream, anyio.BrokenResourceError):
            return False


def test_a_door_tells_how_many_it_turned_away_now_and_then(
    caplog: pytest.LogCaptureFixture,
) -> None:
    times = iter((0.0, 1.0, 9.0, 10.0))
    door = Door(1, clock=lambda: next(times))
    assert not door.is_full()
    with door.inside(), caplog.at_level(logging.WARNING, "anyws"):
        assert all(door.is_full() for _ in range(4))
    assert not door.is_full()
    told = [line.partition(": ")[2] for line in caplog.messages]
    assert told == [
        "closed 1 more that came (at most one such line in 10 s)",
        "closed 3 more that came (at most one such line in 10 s)",
    ]


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"GET / HTTP/1.1\r\nhost: te",
        b"GET / HTTP/1.1\r\nhost: test\r\n\r\nGET /again HTTP/1.1\r\nhos",
        b"PRI * HTTP/2.0\r\n",
        PREFACE,
        PREFACE + SETTINGS,
        PREFACE + SETTINGS + b"\x00\x00\x09\x01\x04\x00\x00\x00\x01\x82",
    ],
    ids=["nothing", "part", "second", "preface begun", "preface", "settings", "headers begun"],
)
async def test_a_head_that_is_not_whole_in_time_ends_the_connection(said: bytes) -> None:
    async with (
        served(hello, ServeOptions(header_timeout=0.1)) as port,
        await connected(port) as stream,
    ):
        if said:
            await stream.send(said)
        assert await ends(stream)


async def test_bytes_that_trickle_in_do_not_put_off_the_end() -> None:
    async with (
        served(hello, ServeOptions(header_timeout=0.1)) as port,
        await connected(port) as stream,
        anyio.create_task_group() as tasks,
    ):
        tasks.start_soon(trickle, stream)
        assert await ends(stream)
        tasks.cancel_scope.cancel()


async def trickle(stream: ByteStream) -> None:
    await stream.send(b"GET / HTTP/1.1\r\nx: ")
    while True:
        try:
            await stream.send(b"x")
        except (anyio.BrokenResourceError, anyio.ClosedResourceError):
            return
        await anyio.sleep(0.01)
