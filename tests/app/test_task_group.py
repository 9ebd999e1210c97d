"""`app.task_group`: tasks that belong to the application and to no connection."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import anyio
import pytest
from anyio.lowlevel import checkpoint

from anyws import App, Request, WebSocket
from tests.app.lifespans import STARTED, STOPPED, LifespanServer, Service
from tests.websocket.scripted import Event, Route, ScriptedServer, settle


class Worker:
    """A task that works until it is cancelled, and notes when it ends."""

    def __init__(self, log: list[str], name: str = "worker") -> None:
        self._log = log
        self._name = name
        self.begun = anyio.Event()

    async def __call__(self) -> None:
        self._log.append(f"begin {self._name}")
        self.begun.set()
        try:
            await anyio.sleep_forever()
        finally:
            self._log.append(f"end {self._name}")


async def fail() -> None:
    raise LookupError("this task can't go on")


async def test_the_task_group_is_open_from_startup_to_shutdown() -> None:
    class Starting:
        async def process_startup(self, scope: Event, event: Event) -> None:
            app.task_group.start_soon(Worker(log, "of a component"))

    @asynccontextmanager
    async def lifespan(app: App) -> AsyncIterator[None]:
        app.task_group.start_soon(Worker(log, "of the lifespan"))
        yield

    log: list[str] = []
    app = App(middleware=Starting(), lifespan=lifespan)
    async with LifespanServer(app) as server:
        assert await server.startup() == STARTED
        assert sorted(log) == ["begin of a component", "begin of the lifespan"]
        assert await server.shutdown() == STOPPED
    assert sorted(log[2:]) == ["end of a component", "end of the lifespan"]


async def test_without_a_lifespan_there_is_no_task_group_and_the_error_says_why() -> None:
    app = App()
    with pytest.raises(RuntimeError, match="lifespan"):
        _ = app.task_group
    async with LifespanServer(app) as server:
        await server.startup()
        group = app.task_group
        await server.shutdown()
    with pytest.raises(RuntimeError, match="lifespan"):
        _ = app.task_group
    with pytest.raises(RuntimeError):
        group.start_soon(anyio.sleep_forever)


async def test_a_task_outlives_the_connection_that_started_it() -> None:
    async def respond(req: Request, ws: WebSocket) -> None:
        app.task_group.start_soon(Worker(log))

    log: list[str] = []
    app = App()
    app.add_route("/", Route(respond))
    async with LifespanServer(app) as server:
        await server.startup()
        async with ScriptedServer(app):
            pass
        await settle()
        assert log == ["begin worker"]
        await server.shutdown()
    assert log == ["begin worker", "end worker"]


async def test_a_task_gets_its_arguments() -> None:
    async def note(*words: str) -> None:
        log.extend(words)

    log: list[str] = []
    app = App()
    async with LifespanServer(app) as server:
        await server.startup()
        app.task_group.start_soon(note, "a", "b", name="noting")
        await settle()
        await server.shutdown()
    assert log == ["a", "b"]


async def test_a_coroutine_in_place_of_its_function_is_refused_where_it_is_handed_over() -> None:
    app = App()
    coroutine: Any = fail()
    async with LifespanServer(app) as server:
        await server.startup()
        with pytest.raises(TypeError, match=r"start_soon\(work, 1\) in place of"):
            app.task_group.start_soon(coroutine)
        with pytest.raises(TypeError, match=r"start\(work, 1\) in place of"):
            await app.task_group.start(coroutine)
        assert await server.shutdown() == STOPPED
    coroutine.close()


async def test_a_task_that_fails_is_logged_and_ends_alone(
    caplog: pytest.LogCaptureFixture,
) -> None:
    log: list[str] = []
    app = App()
    async with LifespanServer(app) as server:
        await server.startup()
        app.task_group.start_soon(Worker(log))
        app.task_group.start_soon(fail)
        await settle()
        assert log == ["begin worker"]
        app.task_group.start_soon(Worker(log, "later"))
        await settle()
        assert log == ["begin worker", "begin later"]
        assert await server.shutdown() == STOPPED
    [record] = [record for record in caplog.records if record.name == "anyws"]
    assert record.levelno == logging.ERROR
    assert record.exc_info is not None
    assert isinstance(record.exc_info[1], LookupError)


async def test_a_task_that_fails_when_it_is_cancelled_keeps_no_other_from_ending(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def fail_late() -> None:
        try:
            await anyio.sleep_forever()
        finally:
            await fail()

    log: list[str] = []
    app = App()
    async with LifespanServer(app) as server:
        await server.startup()
        app.task_group.start_soon(fail_late)
        app.task_group.start_soon(Worker(log))
        await settle()
        assert await server.shutdown() == STOPPED
    assert log == ["begin worker", "end worker"]
    assert "this task can't go on" in caplog.text


async def test_tasks_have_ended_before_the_services_that_they_use_are_shut_down() -> None:
    class Careful(Worker):
        async def __call__(self) -> None:
            try:
                await super().__call__()
            finally:
                with anyio.CancelScope(shield=True):
                    await checkpoint()
                    self._log.append("tidied up")

    log: list[str] = []
    app = App(middleware=Service("a", log))
    async with LifespanServer(app) as server:
        await server.startup()
        app.task_group.start_soon(Careful(log))
        await settle()
        await server.shutdown()
    assert log == ["start a", "begin worker", "end worker", "tidied up", "stop a"]


async def test_while_services_are_shut_down_no_task_can_be_started() -> None:
    class Late:
        async def process_shutdown(self, scope: Event, event: Event) -> None:
            with pytest.raises(RuntimeError, match="shutting down"):
                app.task_group.start_soon(anyio.sleep_forever)
            refused.append(True)

    refused: list[bool] = []
    app = App(middleware=Late())
    async with LifespanServer(app) as server:
        await server.startup()
        assert await server.shutdown() == STOPPED
    assert refused == [True]


async def test_a_failed_startup_ends_the_tasks_that_were_started_on_the_way() -> None:
    class Starting:
        async def process_startup(self, scope: Event, event: Event) -> None:
            worker = Worker(log)
            app.task_group.start_soon(worker)
            await worker.begun.wait()

    log: list[str] = []
    app = App(middleware=[Starting(), Service("b", log, fails="start")])
    async with LifespanServer(app) as server:
        answer = await server.startup()
        assert server.done
    assert answer["type"] == "lifespan.startup.failed"
    assert log == ["begin worker", "start b", "end worker"]


async def test_a_cancelled_lifespan_ends_its_tasks() -> None:
    log: list[str] = []
    app = App()
    async with LifespanServer(app) as server:
        await server.startup()
        app.task_group.start_soon(Worker(log))
        await settle()
        server.cancel_scope.cancel()
    assert log == ["begin worker", "end worker"]
    with pytest.raises(RuntimeError, match="lifespan"):
        _ = app.task_group
