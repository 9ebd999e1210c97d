"""Serving inside a program that runs already, on each event loop."""

from __future__ import annotations

import asyncio
import importlib
import logging
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, closing
from functools import partial
from typing import Literal

import anyio
import pytest
from anyio import CancelScope, Event, create_task_group, get_running_tasks, sleep_forever
from anyio.abc import SocketStream, TaskStatus
from anyio.lowlevel import checkpoint
from hypercorn.config import Config

from anyws._asgi.types import ASGIApp, Receive, Scope, Send
from anyws.cli import service
from anyws.cli.errors import ApplicationFailed, InvalidOption, UnavailableAddress
from anyws.cli.listening import listen, port_of
from anyws.cli.options import ServeOptions
from anyws.cli.server import run, serve

HANDSHAKE = (
    b"GET /socket HTTP/1.1\r\nhost: test\r\nconnection: upgrade\r\nupgrade: websocket\r\n"
    b"sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)
GOODBYE = b"\x88\x0b" + (1012).to_bytes(2) + b"back soon"
SERVER_ERROR = b"\x88\x02" + (1011).to_bytes(2)
SOON = ServeOptions(drain_deadline=0.2)


class Shop:
    """An application that notes what happens to it."""

    def __init__(self) -> None:
        self.happened: list[str] = []
        self.asked = Event()
        self.released = Event()
        self.over = Event()
        self.polite = True

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.lifespan(receive, send)
        elif scope["type"] == "websocket":
            await self.socket(receive, send)
        else:
            await self.answer(scope, send)

    async def lifespan(self, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        self.happened.append("shutdown")
        self.over.set()
        await send({"type": "lifespan.shutdown.complete"})

    async def socket(self, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        self.asked.set()
        try:
            await sleep_forever()
        finally:
            self.happened.append("socket left")
            if self.polite:
                with CancelScope(shield=True):
                    await send({"type": "websocket.close", "code": 1012, "reason": "back soon"})

    async def answer(self, scope: Scope, send: Send) -> None:
        self.asked.set()
        try:
            if scope["path"] == "/wait":
                await self.released.wait()
            elif scope["path"] == "/flood":
                await self.flood(send)
        except anyio.get_cancelled_exc_class():
            self.happened.append("request cancelled")
            raise
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"hello"})

    async def flood(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        while True:
            body = b"x" * 65536
            await send({"type": "http.response.body", "body": body, "more_body": True})
            await checkpoint()


class Running:
    """A server in a task group, and the event that stops it."""

    def __init__(self, port: int, shutdown: Event) -> None:
        self.port = port
        self.shutdown = shutdown

    @asynccontextmanager
    async def connection(self, request: bytes) -> AsyncIterator[SocketStream]:
        async with await anyio.connect_tcp("127.0.0.1", self.port) as stream:
            await stream.send(request)
            yield stream


@asynccontextmanager
async def serving(app: ASGIApp, options: ServeOptions | None = None) -> AsyncIterator[Running]:
    """Serve on a port that the system picks, until the block ends."""
    shutdown = Event()
    with anyio.fail_after(5):
        async with create_task_group() as tasks:
            port = await tasks.start(
                partial(serve, app, port=0, shutdown=shutdown, options=options)
            )
            yield Running(port, shutdown)
            shutdown.set()


async def read_all(stream: SocketStream) -> bytes:
    """Read until the server closes the connection."""
    found = b""
    try:
        async for data in stream:
            found += data
    except anyio.BrokenResourceError:
        pass  # The server cut it.
    return found


def get(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nhost: test\r\n\r\n".encode()


async def test_start_gives_the_port_when_clients_can_connect() -> None:
    async with serving(Shop()) as server, server.connection(get("/")) as stream:
        server.shutdown.set()
        response = await read_all(stream)
    assert response.startswith(b"HTTP/1.1 200")
    assert b"hello" in response


async def test_shutdown_says_goodbye_before_the_lifespan_ends() -> None:
    shop = Shop()
    async with serving(shop) as server, server.connection(HANDSHAKE) as stream:
        await shop.asked.wait()
        server.shutdown.set()
        assert (await read_all(stream)).endswith(GOODBYE)
    assert shop.happened == ["socket left", "shutdown"]


async def test_a_socket_whose_application_says_no_goodbye_still_gets_a_close_frame() -> None:
    shop = Shop()
    shop.polite = False
    async with serving(shop) as server, server.connection(HANDSHAKE) as stream:
        await shop.asked.wait()
        server.shutdown.set()
        assert (await read_all(stream)).endswith(SERVER_ERROR)


async def test_a_cancellation_says_goodbye_too_and_leaves_no_task() -> None:
    shop = Shop()
    before = {task.id for task in get_running_tasks()}
    with anyio.fail_after(5):
        async with create_task_group() as tasks:
            port = await tasks.start(partial(serve, shop, port=0))
            async with Running(port, Event()).connection(HANDSHAKE) as stream:
                await shop.asked.wait()
                tasks.cancel_scope.cancel()
                with CancelScope(shield=True):
                    assert (await read_all(stream)).endswith(GOODBYE)
    assert shop.happened == ["socket left", "shutdown"]
    assert {task.id for task in get_running_tasks()} == before


async def test_a_request_under_way_may_finish() -> None:
    shop = Shop()
    async with serving(shop) as server, server.connection(get("/wait")) as stream:
        await shop.asked.wait()
        server.shutdown.set()
        await anyio.wait_all_tasks_blocked()
        shop.released.set()
        assert b"hello" in await read_all(stream)
    assert shop.happened == ["shutdown"]


async def test_a_request_that_does_not_finish_is_cancelled_before_the_deadline() -> None:
    shop = Shop()
    async with serving(shop, SOON) as server, server.connection(get("/wait")) as stream:
        await shop.asked.wait()
        server.shutdown.set()
        assert (await read_all(stream)).startswith(b"HTTP/1.1 500")
    assert shop.happened == ["request cancelled", "shutdown"]


async def test_a_client_that_does_not_read_is_cut() -> None:
    shop = Shop()
    async with serving(shop, SOON) as server, server.connection(get("/flood")):
        await shop.asked.wait()
        await anyio.wait_all_tasks_blocked()
        server.shutdown.set()
        await shop.over.wait()
    assert shop.happened == ["request cancelled", "shutdown"]


async def test_a_startup_that_failed_is_raised_bare_with_its_message() -> None:
    async def broken(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "lifespan.startup.failed", "message": "no database"})

    with pytest.raises(ApplicationFailed, match="startup failed: no database"):
        await serve(broken, port=0)


async def test_a_shutdown_that_failed_is_raised_bare_with_its_message() -> None:
    async def broken(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.failed", "message": "nothing was saved"})

    with pytest.RaisesGroup(
        pytest.RaisesExc(ApplicationFailed, match="shutdown failed: nothing was saved")
    ):
        async with serving(broken):
            pass


async def test_a_shutdown_that_does_not_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "SHUTDOWN_GRACE", 0.01)

    async def endless(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await sleep_forever()

    with pytest.RaisesGroup(
        pytest.RaisesExc(ApplicationFailed, match=r"did not end within 0\.01 seconds")
    ):
        async with serving(endless):
            pass


async def test_a_lifespan_that_lingers_after_its_last_answer_is_cancelled() -> None:
    async def lingering(scope: Scope, receive: Receive, send: Send) -> None:
        for _ in range(2):
            event = await receive()
            await send({"type": f"{event['type']}.complete"})
        await sleep_forever()

    async with serving(lingering):
        pass


async def test_a_stop_during_the_startup_cancels_it() -> None:
    shutdown = Event()
    cancelled = False

    async def slow(scope: Scope, receive: Receive, send: Send) -> None:
        nonlocal cancelled
        shutdown.set()
        try:
            await sleep_forever()
        finally:
            cancelled = True

    with anyio.fail_after(5):
        await serve(slow, port=0, shutdown=shutdown)
    assert cancelled


async def test_an_application_without_a_lifespan_is_served_with_one_line_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    shop = Shop()

    async def http_only(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise LookupError(scope["type"])
        await shop(scope, receive, send)

    with caplog.at_level(logging.INFO, "hypercorn"):
        async with serving(http_only) as server, server.connection(get("/")) as stream:
            server.shutdown.set()
            assert b"hello" in await read_all(stream)
    assert caplog.messages == [
        "ASGI Framework Lifespan error, continuing without Lifespan support"
    ]


async def test_two_servers_run_side_by_side_and_stop_apart() -> None:
    async with serving(Shop()) as first:
        async with serving(Shop()):
            pass
        async with first.connection(get("/")) as stream:
            first.shutdown.set()
            assert b"hello" in await read_all(stream)


async def test_the_port_is_free_again_afterwards() -> None:
    async with serving(Shop()) as server:
        pass
    listen("127.0.0.1", server.port).close()


async def test_a_failure_of_the_server_comes_out_of_no_group(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def failing(*_: object) -> None:
        raise ExceptionGroup("a task group", [ExceptionGroup("another", [LookupError("lost")])])

    monkeypatch.setattr(service, "worker_of", lambda _: failing)
    with pytest.raises(LookupError, match="lost"):
        await serve(Shop(), port=0)


async def test_failures_of_the_server_stay_together(monkeypatch: pytest.MonkeyPatch) -> None:
    async def failing(*_: object) -> None:
        raise ExceptionGroup("a task group", [LookupError("one"), OSError("two")])

    monkeypatch.setattr(service, "worker_of", lambda _: failing)
    with pytest.RaisesGroup(LookupError, OSError):
        await serve(Shop(), port=0)


async def test_a_port_in_use_is_an_os_error() -> None:
    with closing(listen("127.0.0.1", 0)) as taken, pytest.raises(OSError, match="in use"):
        await serve(Shop(), port=port_of(taken))


async def test_another_hypercorn_in_the_program_is_left_alone(backend_name: str) -> None:
    async with serving(Shop()):
        pass  # From here on the worker's connections are of the launcher's class.
    config = Config()
    config.errorlog = None
    listener = listen("127.0.0.1", 0)
    port, shutdown = port_of(listener), Event()
    config.bind = f"fd://{listener.detach()}"
    worker = importlib.import_module(
        "hypercorn.trio" if backend_name == "trio" else "hypercorn.asyncio"
    )
    with anyio.fail_after(5):
        async with create_task_group() as tasks:
            tasks.start_soon(partial(worker.serve, Shop(), config, shutdown_trigger=shutdown.wait))
            async with Running(port, shutdown).connection(get("/")) as stream:
                assert b"HTTP/1.1 200" in await stream.receive()
            shutdown.set()


class PortStatus(TaskStatus[int]):
    """Keeps the port that a server starts on."""

    def __init__(self) -> None:
        self.port = 0
        self.known = Event()

    def started(self, value: int | None = None) -> None:
        assert value is not None
        self.port = value
        self.known.set()


def test_cancelling_the_task_in_asyncios_own_way_ends_it_in_good_order() -> None:
    shop = Shop()
    status = PortStatus()

    async def main() -> None:
        before = asyncio.all_tasks()
        task = asyncio.create_task(serve(shop, port=0, task_status=status))
        await status.known.wait()
        async with Running(status.port, Event()).connection(HANDSHAKE) as stream:
            await shop.asked.wait()
            task.cancel()
            assert (await read_all(stream)).endswith(GOODBYE)
        with pytest.raises(asyncio.CancelledError):
            await task
        assert asyncio.all_tasks() == before

    asyncio.run(asyncio.wait_for(main(), 5))
    assert shop.happened == ["socket left", "shutdown"]


@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_a_call_that_refuses_to_end_does_not_hold_asyncio_for_ever(
    monkeypatch: pytest.MonkeyPatch, anyio_backend: str
) -> None:
    monkeypatch.setattr(service, "SETTLE_GRACE", 0.01)
    shop = Shop()

    async def stubborn(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            return
        shop.asked.set()
        with CancelScope(shield=True):
            await sleep_forever()

    with pytest.RaisesGroup(pytest.RaisesExc(ApplicationFailed, match="did not end within")):
        async with serving(stubborn, SOON) as server, server.connection(get("/")):
            await shop.asked.wait()


@pytest.mark.parametrize("backend", ["trio", "asyncio"])
def test_run_outside_the_main_thread_leaves_the_signals_alone(
    backend: Literal["trio", "asyncio"],
) -> None:
    async def broken(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "lifespan.startup.failed", "message": "seen"})

    with ThreadPoolExecutor() as threads:
        ran = threads.submit(run, broken, port=0, backend=backend)
        with pytest.raises(ApplicationFailed, match="seen"):
            ran.result(5)


def test_run_refuses_what_cannot_be_before_anything_has_happened() -> None:
    with pytest.raises(InvalidOption):
        run(Shop(), uvloop=True)
    with closing(listen("127.0.0.1", 0)) as taken, pytest.raises(UnavailableAddress):
        run(Shop(), port=port_of(taken))


async def test_run_inside_an_event_loop_is_refused() -> None:
    with pytest.raises(RuntimeError, match="Already running"):
        run(Shop(), port=0)
