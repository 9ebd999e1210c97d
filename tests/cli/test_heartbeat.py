"""Pings, and clients of WebSockets that have gone mute, on the servers themselves."""

from __future__ import annotations

import signal
import socket
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import anyio
import pytest
from anyio import Event, create_task_group, get_running_tasks
from anyio.abc import SocketStream
from wsproto import ConnectionType, WSConnection
from wsproto.events import Ping, Request, TextMessage

from anyws import ServeOptions
from anyws._asgi.types import Receive, Scope, Send
from tests.cli.launching import OPTIONS, SHOP, launched
from tests.cli.talking import Talker, served, talking
from tests.cli.tunnels import tunnelling

QUICK = ServeOptions(ping_interval=0.1, ping_timeout=0.1)
QUICKER = ServeOptions(ping_interval=0.05, ping_timeout=0.05)
HASTY = ServeOptions(ping_interval=0.02, ping_timeout=0.1)


class Desk:
    """An application that notes when its clients leave, and reads only where it is to."""

    def __init__(self) -> None:
        self.codes: list[int] = []
        self.held = Event()
        self.left = Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        match scope["type"], scope.get("path"):
            case "lifespan", _:
                return
            case "http", _:
                await self.stream(send)
            case "websocket", path:
                await receive()
                await send({"type": "websocket.accept"})
                if path == "/held":
                    await self.held.wait()
                elif path == "/flood":
                    await self.flood(receive, send)
                elif path == "/stall":
                    time.sleep(0.5)  # noqa: ASYNC251  # what an application should never do
                await self.echo(receive, send)

    async def echo(self, receive: Receive, send: Send) -> None:
        while (event := await receive())["type"] == "websocket.receive":
            await send({"type": "websocket.send", "text": event["text"]})
        self.codes.append(event["code"])
        self.left.set()

    async def flood(self, receive: Receive, send: Send) -> None:
        async def pour() -> None:
            while True:
                await send({"type": "websocket.send", "bytes": bytes(2**17)})
                await anyio.lowlevel.checkpoint()

        async with create_task_group() as tasks:
            tasks.start_soon(pour)
            while (event := await receive())["type"] == "websocket.receive":
                pass
            self.codes.append(event["code"])
            self.left.set()
            tasks.cancel_scope.cancel()

    async def stream(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"first", "more_body": True})
        await self.held.wait()
        await send({"type": "http.response.body", "body": b"last"})


@asynccontextmanager
async def narrow(port: int, path: str) -> AsyncIterator[Talker]:
    """Open a WebSocket for which the client's system takes little that the client does not."""
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2**17)
    connection.connect(("127.0.0.1", port))
    async with await SocketStream.from_socket(connection) as stream:
        talker = Talker(stream)
        await talker.open(path)
        yield talker


@asynccontextmanager
async def getting(port: int) -> AsyncIterator[SocketStream]:
    async with await anyio.connect_tcp("127.0.0.1", port) as stream:
        await stream.send(b"GET /events HTTP/1.1\r\nhost: test\r\n\r\n")
        assert (await stream.receive()).startswith(b"HTTP/1.1 200")
        yield stream


async def outlive(port: int, count: int) -> None:
    """Wait for as long as it takes to drop mute clients, one after another."""
    for _ in range(count):
        async with talking(port) as (talker, _):
            await talker.read_to_the_end()


async def test_a_client_that_does_not_answer_is_dropped_within_interval_and_timeout() -> None:
    desk = Desk()
    async with served(desk, QUICK) as port, talking(port) as (talker, _):
        began = time.monotonic()
        frames = await talker.read_to_the_end()
        took = time.monotonic() - began
        await desk.left.wait()
    assert [type(frame) for frame in frames] == [Ping]
    assert desk.codes == [1006]
    assert 0.1 < took < 0.2 + 0.3  # There are other things to do on this machine.


async def test_a_client_that_does_not_even_read_is_dropped_under_a_flood() -> None:
    desk = Desk()
    async with served(desk, QUICK) as port, talking(port, "/flood"):
        await desk.left.wait()
    assert desk.codes == [1006]


async def test_a_client_that_answers_stays_for_an_hour_of_scaled_time() -> None:
    desk = Desk()
    async with served(desk, HASTY) as port, talking(port) as (talker, _):
        await talker.answer(180)
        await talker.send(TextMessage("still here"))
        assert await talker.next_text() == "still here"
        assert desk.codes == []


async def test_messages_are_as_good_as_answers() -> None:
    desk = Desk()
    async with served(desk, QUICKER) as port, talking(port) as (talker, _):
        async with create_task_group() as tasks:

            async def chat() -> None:
                while True:
                    await talker.send(TextMessage("hello"))
                    await anyio.sleep(0.01)

            tasks.start_soon(chat)
            await outlive(port, 4)
            tasks.cancel_scope.cancel()
        assert await talker.next_text() == "hello"


async def test_a_client_of_plain_http_may_say_nothing_for_ever() -> None:
    desk = Desk()
    async with served(desk, QUICKER) as port, getting(port) as stream:
        await outlive(port, 10)
        desk.held.set()
        found = b""
        while b"last" not in found:
            found += await stream.receive()


async def test_a_client_that_is_held_back_because_nobody_reads_is_kept() -> None:
    desk = Desk()
    async with served(desk, QUICKER) as port, talking(port, "/held") as (talker, _):
        for number in range(40):
            await talker.send(TextMessage(str(number)))
        await outlive(port, 10)
        desk.held.set()
        assert [await talker.next_text() for _ in range(40)] == [str(n) for n in range(40)]


async def test_a_client_that_takes_what_it_is_sent_slowly_is_kept_and_dropped_when_it_stops() -> (
    None
):
    desk = Desk()
    async with served(desk, QUICK) as port, narrow(port, "/flood") as talker:
        for _ in range(150):
            await talker.stream.receive(2**16)
            await anyio.sleep(0.005)
        assert desk.codes == []
        await desk.left.wait()
    assert desk.codes == [1006]


async def test_a_loop_that_stands_still_blames_nobody() -> None:
    desk = Desk()
    came = threading.Event()

    async def answer(port: int) -> None:
        async with talking(port) as (talker, _):
            await talker.answer(1)
            came.set()
            await talker.answer(8)

    async with served(desk, QUICK) as port, create_task_group() as tasks:
        # In a thread of its own it answers while the server does nothing.
        in_a_thread = partial(anyio.run, answer, port, backend="asyncio")
        tasks.start_soon(anyio.to_thread.run_sync, in_a_thread)
        await anyio.to_thread.run_sync(came.wait)
        async with talking(port, "/stall") as (talker, _):
            await talker.send(TextMessage("awake"))
            assert await talker.next_text() == "awake"


async def test_a_websocket_over_http_2_is_pinged_and_its_mute_client_dropped() -> None:
    desk = Desk()
    async with served(desk, QUICK) as port, tunnelling(port) as talker:
        await talker.answer(3)
        assert [type(frame) for frame in await talker.read_to_the_end()] == [Ping]
        await desk.left.wait()
    assert desk.codes == [1006]


@pytest.mark.parametrize("name", OPTIONS)
def test_a_server_in_a_process_of_its_own_drops_a_mute_client(name: str, tmp_path: Path) -> None:
    (tmp_path / "shop.py").write_text(SHOP)
    flags = ("--ping-interval", "0.1", "--ping-timeout", "0.1", *OPTIONS[name])
    with launched(tmp_path, "shop:app", *flags) as server:
        with socket.create_connection(("127.0.0.1", server.port), timeout=5) as client:
            client.sendall(WSConnection(ConnectionType.CLIENT).send(Request("localhost", "/")))
            while client.recv(2**16):
                pass
        # There is nothing to wait for, and nothing to complain of.
        assert server.stop(signal.SIGTERM) == (0, "shut down\n")


async def test_without_an_interval_nobody_is_pinged_or_dropped() -> None:
    desk = Desk()
    async with (
        served(desk, ServeOptions(ping_interval=None, ping_timeout=0.01)) as port,
        talking(port) as (talker, _),
    ):
        with anyio.move_on_after(0.1):
            await talker.next()
            raise AssertionError("something was sent")
        await talker.send(TextMessage("here"))
        assert await talker.next_text() == "here"


async def test_nothing_of_it_outlasts_the_websocket_or_the_server() -> None:
    desk = Desk()
    before = {task.id for task in get_running_tasks()}
    async with served(desk, ServeOptions(ping_interval=0.02, ping_timeout=20)) as port:
        async with talking(port) as (talker, _):
            assert isinstance(await talker.next(), Ping)
        began = time.monotonic()
    assert time.monotonic() - began < 2
    assert {task.id for task in get_running_tasks()} == before
