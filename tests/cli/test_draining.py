"""What a stop does to applications that can be drained, and to those around them."""

from __future__ import annotations

import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from socket import socket

import anyio
import pytest
from anyio import Event, create_task_group
from anyio.abc import SocketStream, TaskStatus

from anyws import App, Request, WebSocket, WebSocketOptions
from anyws._asgi.types import ASGIApp, Receive, Scope, Send
from anyws.cli.arguments import Backend
from anyws.cli.attached import Attached
from anyws.cli.listening import listen, port_of
from anyws.cli.options import ServeOptions
from anyws.cli.server import serve
from anyws.cli.service import Service
from anyws.cli.stopping import Stop, watch_signals

HANDSHAKE = (
    b"GET /socket HTTP/1.1\r\nhost: test\r\nconnection: upgrade\r\nupgrade: websocket\r\n"
    b"sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)
GET = b"GET / HTTP/1.1\r\nhost: test\r\n\r\n"
GOODBYE = b"\x88\x02" + (1012).to_bytes(2)


class Drained:
    """An application that can be drained, or seems so, and notes what it is asked for."""

    def __init__(self) -> None:
        self.ws_options = WebSocketOptions(send_timeout=7)
        self.asked: list[dict[str, object]] = []
        self.draining = Event()
        self.drained = Event()
        self.shut_down = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        if scope["type"] == "lifespan":
            scope["extensions"]["anyws.launcher"]["attach"](self)
            scope["extensions"]["anyws.launcher"]["attach"](self)
            await send({"type": "lifespan.startup.complete"})
            await receive()
            self.shut_down = True
            await send({"type": "lifespan.shutdown.complete"})
            return
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"hello"})

    async def drain(self, **terms: object) -> None:
        self.asked.append(terms)
        self.draining.set()
        await self.drained.wait()


class Socket:
    """Stays until it's over."""

    async def on_websocket(self, req: Request, ws: WebSocket) -> None:
        await ws.accept()
        async for _ in ws:
            pass


class Patient(Socket):
    """Has options of its own."""

    ws_options = WebSocketOptions(send_timeout=90)


def app_with_socket() -> App:
    app = App()
    app.add_route("/socket", Socket())
    return app


@asynccontextmanager
async def serving(app: ASGIApp, options: ServeOptions) -> AsyncIterator[tuple[int, Event]]:
    """Serve until the block ends; gives the port, and the event that stops it."""
    shutdown = Event()
    with anyio.fail_after(8):
        async with create_task_group() as tasks:
            start = partial(serve, app, port=0, shutdown=shutdown, options=options)
            yield await tasks.start(start), shutdown
            shutdown.set()


async def ask(port: int, request: bytes) -> bytes:
    async with await anyio.connect_tcp("127.0.0.1", port) as stream:
        await stream.send(request)
        return await stream.receive()


async def read_all(stream: SocketStream) -> bytes:
    found = b""
    with pytest.raises((anyio.EndOfStream, anyio.BrokenResourceError)):
        while True:
            found += await stream.receive()
    return found


async def test_it_is_drained_while_it_still_serves_and_shut_down_after_that() -> None:
    app = Drained()
    options = ServeOptions(drain_deadline=6, drain_spread=1.5)
    async with serving(app, options) as (port, shutdown):
        assert b"connection: close" not in await ask(port, GET)
        shutdown.set()
        await app.draining.wait()
        answer = await ask(port, GET)
        assert answer.startswith(b"HTTP/1.1 200")
        assert b"connection: close" in answer
        assert not app.shut_down
        app.drained.set()
    assert app.shut_down
    [terms] = app.asked
    assert 3.5 < float(str(terms.pop("deadline"))) <= 4
    assert terms == {"code": 1012, "spread": 1.5, "refuse": True}


async def test_a_drain_that_does_not_end_is_left_at_the_deadline() -> None:
    app = Drained()
    began = anyio.current_time()
    async with serving(app, ServeOptions(drain_deadline=0.3)) as (_, shutdown):
        shutdown.set()
    assert anyio.current_time() - began < 1
    assert app.shut_down


async def test_a_drain_that_fails_is_logged_and_keeps_nobody_from_leaving(
    caplog: pytest.LogCaptureFixture,
) -> None:
    class Failing(Drained):
        async def drain(self, **terms: object) -> None:
            raise LookupError("of its own")

    app = Failing()
    async with serving(app, ServeOptions(drain_deadline=6)):
        pass
    assert app.shut_down
    assert "LookupError: of its own" in caplog.text


async def test_a_cancellation_drains_too() -> None:
    app = app_with_socket()
    with anyio.fail_after(5):
        async with create_task_group() as tasks:
            port = await tasks.start(partial(serve, app, port=0))
            async with await anyio.connect_tcp("127.0.0.1", port) as stream:
                await stream.send(HANDSHAKE)
                await stream.receive()
                tasks.cancel_scope.cancel()
                with anyio.CancelScope(shield=True):
                    assert await stream.receive() == GOODBYE


async def test_several_applications_are_drained_side_by_side() -> None:
    first, second = Drained(), Drained()
    attached = Attached()
    for app in (first, second):
        attached.attach(app)
    async with create_task_group() as tasks:
        tasks.start_soon(partial(attached.drain, deadline=1, spread=3, refuse=False))
        await first.draining.wait()
        await second.draining.wait()
        first.drained.set()
        second.drained.set()
    assert first.asked == second.asked
    assert first.asked == [{"deadline": 1, "code": 1012, "spread": 0.9, "refuse": False}]


def test_the_largest_send_timeout_counts_those_of_resources_included() -> None:
    attached = Attached()
    assert attached.send_timeout == 60
    app = app_with_socket()
    app.ws_options.send_timeout = 5
    attached.attach(app)
    assert attached.send_timeout == 5
    app.add_route("/patient", Patient())
    assert attached.send_timeout == 90
    attached.attach(Drained())
    assert attached.send_timeout == 90


@asynccontextmanager
async def retiring(listener: socket, backend_name: str) -> AsyncIterator[Service]:
    """Serve on a socket that others have as well. The server has retired when the block ends."""
    backend: Backend = "trio" if backend_name == "trio" else "asyncio"
    options = ServeOptions(drain_deadline=3, header_timeout=1.5)
    started = Event()

    async def watch(
        stop: Stop, *, task_status: TaskStatus[None] = anyio.TASK_STATUS_IGNORED
    ) -> None:
        task_status.started()

    app = app_with_socket()
    service = Service(
        app,
        listener,
        backend=backend,
        options=options,
        on_start=started.set,
        on_wait=lambda clients: None,
    )
    with anyio.fail_after(10), listener:
        async with create_task_group() as tasks:
            tasks.start_soon(service.run, watch)
            await started.wait()
            yield service
            service.stop.retire.set()


async def test_who_was_accepted_before_a_retirement_is_served_after_it(backend_name: str) -> None:
    listener = listen("127.0.0.1", 0)
    port = port_of(listener)
    async with (
        retiring(listener, backend_name) as service,
        await anyio.connect_tcp("127.0.0.1", port) as fresh,
        await anyio.connect_tcp("127.0.0.1", port) as half,
        await anyio.connect_tcp("127.0.0.1", port) as kept,
        await anyio.connect_tcp("127.0.0.1", port) as idle,
        await anyio.connect_tcp("127.0.0.1", port) as opened,
    ):
        await half.send(HANDSHAKE[:20])
        await kept.send(GET.replace(b"GET", b"HEAD"))
        assert (await kept.receive()).startswith(b"HTTP/1.1 404")
        await opened.send(HANDSHAKE)
        await opened.receive()
        service.stop.retire.set()
        assert await opened.receive() == GOODBYE
        await opened.aclose()
        with pytest.raises(OSError):
            await anyio.connect_tcp("127.0.0.1", port)
        await anyio.sleep(0.8)  # They take their time.
        for stream, rest in ((fresh, HANDSHAKE), (half, HANDSHAKE[20:]), (kept, HANDSHAKE)):
            await stream.send(rest)
            answer = await stream.receive()
            assert answer.startswith(b"HTTP/1.1 101")
            while not answer.endswith(GOODBYE):
                answer += await stream.receive()
        assert await read_all(idle) == b""


async def test_a_retirement_loses_no_handshake_to_a_successor_on_the_same_socket(
    backend_name: str,
) -> None:
    answers: list[bytes] = []
    over = Event()

    async def come_and_go(port: int) -> None:
        while not over.is_set():
            async with await anyio.connect_tcp("127.0.0.1", port) as stream:
                await stream.send(HANDSHAKE)
                answers.append((await stream.receive())[:12])

    shared = listen("127.0.0.1", 0)
    async with (
        retiring(shared.dup(), backend_name) as old,
        retiring(shared.dup(), backend_name),
        create_task_group() as visitors,
    ):
        for _ in range(5):
            visitors.start_soon(come_and_go, port_of(shared))
        await anyio.sleep(0.2)
        before = len(answers)
        old.stop.retire.set()
        await anyio.sleep(0.5)
        over.set()
    shared.close()
    assert 0 < before < len(answers)
    assert set(answers) == {b"HTTP/1.1 101"}


@pytest.mark.parametrize("retires", [False, True])
async def test_the_second_signal_is_the_one_that_hurries_also_where_a_server_retires(
    retires: bool,
) -> None:
    stop = Stop()
    with anyio.fail_after(5):
        async with create_task_group() as tasks:
            await tasks.start(watch_signals, stop)
            if retires:
                stop.retire.set()
                stop.requested.set()
            os.kill(os.getpid(), signal.SIGTERM)
            await stop.requested.wait()
            await anyio.sleep(0.05)
            assert not stop.at_once.is_set()
            os.kill(os.getpid(), signal.SIGTERM)
            await stop.at_once.wait()
            tasks.cancel_scope.cancel()
