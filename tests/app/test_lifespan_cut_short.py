"""Lifespans that end otherwise than by a shutdown: services are ended all the same."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
import pytest
from anyio.lowlevel import checkpoint

from anyws import App
from tests.app.lifespans import LifespanServer, Managed, Service, manager
from tests.websocket.scripted import Event, settle


class Slow(Service):
    """A service whose shutdown waits for something."""

    async def process_shutdown(self, scope: Event, event: Event) -> None:
        await checkpoint()
        await super().process_shutdown(scope, event)


class Nursery:
    """A component whose service is a task in a group of its own."""

    def __init__(self, log: list[str]) -> None:
        self._log = log
        self.fails = anyio.Event()

    @asynccontextmanager
    async def lifespan(self, app: App) -> AsyncIterator[None]:
        async with anyio.create_task_group() as group:
            group.start_soon(self._work)
            yield
            group.cancel_scope.cancel()

    async def _work(self) -> None:
        try:
            await self.fails.wait()
        finally:
            self._log.append("end of work")
        raise LookupError("the work can't go on")


async def test_a_cancelled_lifespan_shuts_its_services_down_in_reverse() -> None:
    log: list[str] = []
    app = App(middleware=[Slow("a", log), Slow("b", log)], lifespan=manager(log))
    async with LifespanServer(app) as server:
        await server.startup()
        server.cancel_scope.cancel()
    assert server.cancel_scope.cancelled_caught
    assert log == ["enter app", "start a", "start b", "stop b", "stop a"]
    assert len(server.sent) == 1


async def test_a_cancelled_startup_shuts_down_what_had_started() -> None:
    class Endless(Service):
        async def process_startup(self, scope: Event, event: Event) -> None:
            await anyio.sleep_forever()

    log: list[str] = []
    app = App(middleware=[Slow("a", log), Endless("b", log), Slow("c", log)])
    async with LifespanServer(app) as server:
        server.push("lifespan.startup")
        await settle()
        server.cancel_scope.cancel()
    assert log == ["start a", "stop a"]
    assert server.sent == []


async def test_a_cancelled_lifespan_leaves_services_that_hold_a_task_group() -> None:
    log: list[str] = []
    nursery = Nursery(log)
    async with LifespanServer(App(middleware=[Slow("a", log), nursery])) as server:
        await server.startup()
        server.cancel_scope.cancel()
    assert server.cancel_scope.cancelled_caught
    assert log == ["start a", "end of work", "stop a"]


async def test_a_service_that_fails_while_it_serves_ends_the_others_and_comes_out_bare() -> None:
    log: list[str] = []
    nursery = Nursery(log)
    server = LifespanServer(App(middleware=[Slow("a", log), nursery, Slow("b", log)]))
    with pytest.raises(LookupError, match="the work can't go on"):
        async with server:
            await server.startup()
            nursery.fails.set()
    assert log == ["start a", "start b", "end of work", "stop b", "stop a"]


async def test_an_error_of_the_servers_receive_comes_out_bare_after_the_services_have_ended() -> (
    None
):
    async def fail() -> None:
        if server.receives > 1:
            raise broken

    log: list[str] = []
    broken = RuntimeError("no more events")
    server = LifespanServer(App(middleware=[Slow("a", log), Managed("b", log)]))
    server.on_receive = fail
    with pytest.raises(RuntimeError) as raised:
        async with server:
            await server.startup()
    assert raised.value is broken
    assert log[-1] == "stop a"


async def test_an_error_of_the_servers_send_comes_out_bare_after_the_services_have_ended() -> None:
    async def fail(event: Event) -> None:
        raise broken

    log: list[str] = []
    broken = OSError("no more answers")
    server = LifespanServer(App(middleware=[Slow("a", log)]))
    server.on_send = fail
    with pytest.raises(OSError, match="no more answers") as raised:
        async with server:
            server.push("lifespan.startup")
    assert raised.value is broken
    assert log == ["start a", "stop a"]


async def test_a_service_that_fails_while_others_start_is_a_failed_startup() -> None:
    class Endless(Service):
        async def process_startup(self, scope: Event, event: Event) -> None:
            await super().process_startup(scope, event)
            nursery.fails.set()
            await anyio.sleep_forever()

    log: list[str] = []
    nursery = Nursery(log)
    app = App(middleware=[Slow("a", log), nursery, Endless("b", log)])
    async with LifespanServer(app) as server:
        answer = await server.startup()
        assert server.done
    assert answer["type"] == "lifespan.startup.failed"
    assert "LookupError: the work can't go on" in answer["message"]
    assert log == ["start a", "start b", "end of work", "stop a"]


async def test_a_service_that_fails_on_the_way_out_does_not_eat_a_cancellation(
    caplog: pytest.LogCaptureFixture,
) -> None:
    log: list[str] = []
    app = App(middleware=[Slow("a", log), Slow("b", log, fails="stop"), Slow("c", log)])
    async with LifespanServer(app) as server:
        await server.startup()
        server.cancel_scope.cancel()
    assert server.cancel_scope.cancelled_caught
    assert log[-3:] == ["stop c", "stop b", "stop a"]
    assert "b can't stop" in caplog.text
