"""The shutdown of the lifespan drains; so does, in a way, a server that cancels; and launchers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from types import MappingProxyType
from typing import Any

import anyio
import pytest

from anyws import App, Request, Response, WebSocket
from anyws.testing import ASGIConductor
from tests.app.drained import AnsweringServer, Log, listen
from tests.app.lifespans import STARTED, STOPPED, LifespanServer
from tests.websocket.scripted import Event, ScriptedServer, app_with, settle

virtual = pytest.mark.anyws_clock("virtual")


class Services:
    """Notes the end of a component, of a task and of a lifespan."""

    def __init__(self, log: Log) -> None:
        self.log = log

    async def process_startup(self, scope: Event, event: Event) -> None:
        pass

    async def process_shutdown(self, scope: Event, event: Event) -> None:
        self.log.note("service")


@virtual
async def test_a_shutdown_closes_what_is_open_before_anything_else_ends() -> None:
    log = Log()

    async def responder(req: Request, ws: WebSocket) -> None:
        await ws.accept()
        async with ws.finish_first():
            await anyio.sleep(3)
        try:
            await ws.receive_text()
        finally:
            log.note("responder")

    async def work() -> None:
        try:
            await anyio.sleep_forever()
        finally:
            log.note("task")

    @asynccontextmanager
    async def lifespan(app: App) -> AsyncIterator[None]:
        app.task_group.start_soon(work)
        yield
        log.note("lifespan")

    app = App(lifespan=lifespan, middleware=Services(log))
    app.add_route("/", Responder(responder))
    async with LifespanServer(app) as server:
        assert await server.startup() == STARTED
        async with AnsweringServer(app) as client:
            server.push("lifespan.shutdown")
            await anyio.sleep(1)
            assert app.draining
            assert server.sent == [STARTED]
    assert client.close_event["code"] == 1012
    assert server.sent == [STARTED, STOPPED]
    assert log == [(3, "responder"), (3, "task"), (3, "service"), (3, "lifespan")]


class Slow:
    async def on_get(self, req: Request, resp: Response) -> None:
        await anyio.sleep(4)


class Responder:
    def __init__(self, responder: Any) -> None:
        self._responder = responder

    async def on_websocket(self, req: Request, ws: WebSocket) -> None:
        await self._responder(req, ws)


@virtual
async def test_a_shutdown_ends_event_streams_too() -> None:
    class News:
        async def on_get(self, req: Request, resp: Response) -> None:
            resp.sse = self.events()

        async def events(self) -> AsyncIterator[None]:
            yield None
            await anyio.sleep_forever()

    app = App()
    app.add_route("/", News())
    async with LifespanServer(app) as server, ASGIConductor(without_lifespan(app)) as conductor:
        assert await server.startup() == STARTED
        async with conductor.simulate_stream("GET", "/") as stream:
            await settle()
            assert await server.shutdown() == STOPPED
            assert await stream.read() == b": ping\n\n"


def without_lifespan(app: App) -> Any:
    async def served(scope: Event, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            raise RuntimeError
        await app(scope, receive, send)

    return served


@virtual
async def test_a_shutdown_with_nothing_open_takes_no_time() -> None:
    app = app_with(listen)
    async with LifespanServer(app) as server:
        assert await server.startup() == STARTED
        assert await server.shutdown() == STOPPED
    assert not app.draining
    assert anyio.current_time() == 0


@virtual
async def test_a_shutdown_does_not_wait_for_plain_requests_alone() -> None:
    app = App()
    app.add_route("/", Slow())
    async with (
        LifespanServer(app) as server,
        ASGIConductor(without_lifespan(app)) as conductor,
        anyio.create_task_group() as group,
    ):
        assert await server.startup() == STARTED
        group.start_soon(conductor.simulate_get, "/")
        await settle()
        assert await server.shutdown() == STOPPED
        assert anyio.current_time() == 0
        await anyio.sleep(4)


@virtual
async def test_a_shutdown_waits_for_a_drain_that_is_under_way() -> None:
    log = Log()

    async def drain() -> None:
        await app.drain(spread=10, code=4001)
        log.note("drained")

    app = app_with(listen)
    async with LifespanServer(app) as server:
        assert await server.startup() == STARTED
        async with AnsweringServer(app) as client:
            app.task_group.start_soon(drain)
            await settle()
            server.push("lifespan.shutdown")
            await settle()
            assert server.sent == [STARTED]
    assert client.close_event["code"] == 4001
    assert [what for _, what in log] == ["drained"]


@virtual
async def test_a_shutdown_waits_for_a_drain_that_waits_for_a_request() -> None:
    app = App()
    app.add_route("/", Slow())
    async with (
        LifespanServer(app) as server,
        ASGIConductor(without_lifespan(app)) as conductor,
        anyio.create_task_group() as group,
    ):
        assert await server.startup() == STARTED
        group.start_soon(conductor.simulate_get, "/")
        await settle()
        app.task_group.start_soon(app.drain)
        await settle()
        server.push("lifespan.shutdown")
        await anyio.sleep(3)
        assert server.sent == [STARTED]
        await anyio.sleep(1)
        await settle()
        assert server.sent == [STARTED, STOPPED]


@virtual
async def test_the_conductor_does_not_wait_for_a_drain_as_it_is_left() -> None:
    app = app_with(listen)
    async with ASGIConductor(app) as conductor:
        ws = conductor.simulate_ws("/")
        await ws.__aenter__()
    assert anyio.current_time() == 0
    assert ws.close_code == 1001


async def test_a_cancellation_from_outside_says_goodbye_with_the_drains_code_and_reason() -> None:
    app = app_with(listen)
    async with ScriptedServer(app) as server, anyio.create_task_group() as group:
        group.start_soon(partial(app.drain, spread=24, reason="a new version"))
        await settle()
        assert server.kinds() == ["accept"]
        server.cancel_scope.cancel()
    assert server.close_event["code"] == 1012
    assert server.close_event["reason"] == "a new version"


async def test_a_cancellation_without_a_drain_says_that_the_server_goes_away() -> None:
    app = app_with(listen)
    async with ScriptedServer(app) as server:
        server.cancel_scope.cancel()
    assert server.close_event["code"] == 1001


async def test_a_launcher_is_given_the_application_through_middleware() -> None:
    attached: list[App] = []

    async def attach_through(scope: Event, receive: Any, send: Any) -> None:
        await app(scope, receive, send)

    app = App()
    extensions = {"anyws.launcher": MappingProxyType({"attach": attached.append})}
    server = LifespanServer(app, extensions=extensions)
    server.app = attach_through
    async with server:
        assert await server.startup() == STARTED
        assert attached == [app]
        assert await server.shutdown() == STOPPED


@pytest.mark.parametrize(
    "extensions",
    [
        None,
        {},
        [],
        {"anyws.launcher": None},
        {"anyws.launcher": {}},
        {"anyws.launcher": "x"},
        {"anyws.launcher": {"attach": 1}},
    ],
)
async def test_where_no_launcher_asks_nothing_happens(extensions: object) -> None:
    async with LifespanServer(App(), extensions=extensions) as server:
        assert await server.startup() == STARTED
        assert await server.shutdown() == STOPPED


async def test_a_launcher_that_fails_fails_the_startup() -> None:
    def attach(app: App) -> None:
        raise LookupError("no room for it")

    async with LifespanServer(App(), extensions={"anyws.launcher": {"attach": attach}}) as server:
        answer = await server.startup()
    assert answer["type"] == "lifespan.startup.failed"
    assert "no room for it" in answer["message"]
