"""A cancellation from outside while something else goes wrong: it is not swallowed."""

from __future__ import annotations

import logging

import anyio
import pytest

from anyws import App, Request, WebSocket
from tests.websocket.components import Noting
from tests.websocket.failing import raising_when_cancelled
from tests.websocket.scripted import Route, ScriptedServer, app_with, cancelled_by, settle


async def test_a_child_that_fails_while_it_is_cancelled_is_logged_and_changes_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def respond(req: Request, ws: WebSocket) -> None:
        await ws.accept()
        ws.task_group.start_soon(raising_when_cancelled(KeyError("child")))
        await anyio.sleep_forever()

    server = ScriptedServer(app_with(respond))
    await cancelled_by(server)
    assert server.close_event["code"] == 1001
    [record] = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert record.exc_info is not None
    assert isinstance(record.exc_info[1], KeyError)


async def test_a_cancellation_while_children_end_after_the_return_is_not_swallowed() -> None:
    started, go_on = anyio.Event(), anyio.Event()

    async def linger() -> None:
        started.set()
        try:
            await anyio.sleep_forever()
        finally:
            with anyio.CancelScope(shield=True):
                await go_on.wait()

    async def respond(req: Request, ws: WebSocket) -> None:
        await ws.accept()
        ws.task_group.start_soon(linger)
        await started.wait()

    server = ScriptedServer(app_with(respond))
    async with server:
        server.cancel_scope.cancel()
        await settle()
        go_on.set()
    assert server.cancel_scope.cancelled_caught
    assert server.close_event["code"] == 1001


async def test_a_cancellation_while_a_child_fails_after_the_return_is_not_swallowed() -> None:
    started, go_on = anyio.Event(), anyio.Event()

    async def linger() -> None:
        started.set()
        try:
            await anyio.sleep_forever()
        finally:
            with anyio.CancelScope(shield=True):
                await go_on.wait()
            raise KeyError("child")

    async def respond(req: Request, ws: WebSocket) -> None:
        await ws.accept()
        # Of a server whose sends don't wait: nothing checks for a cancellation before a send.
        await ws.send_text("x")
        ws.task_group.start_soon(linger)
        await started.wait()

    server = ScriptedServer(app_with(respond))
    async with server:
        server.cancel_scope.cancel()
        await settle()
        go_on.set()
    assert server.cancel_scope.cancelled_caught
    assert server.close_event["code"] == 1001


async def test_a_cancelled_error_handler_says_goodbye() -> None:
    ends = []

    async def fail(req: Request, ws: WebSocket) -> None:
        await ws.accept()
        raise KeyError("lost")

    async def handle(req: object, resp: object, ex: object, params: object) -> None:
        try:
            await anyio.sleep_forever()
        except anyio.get_cancelled_exc_class():
            ends.append("cancelled")
            raise

    component = Noting("a", [])
    app = App(middleware=component)
    app.add_route("/", Route(fail))
    app.add_error_handler(KeyError, handle)
    server = ScriptedServer(app)
    await cancelled_by(server)
    assert ends == ["cancelled"]
    assert server.close_event["code"] == 1001
    assert component.errors == [None]


@pytest.mark.parametrize("grouped", [False, True])
async def test_an_error_handler_that_fails_when_it_is_cancelled_leaves_a_goodbye(
    grouped: bool,
) -> None:
    async def fail(req: Request, ws: WebSocket) -> None:
        await ws.accept()
        raise KeyError("lost")

    wait_and_fail = raising_when_cancelled(ValueError("cleanup"))

    async def handle(req: object, resp: object, ex: object, params: object) -> None:
        if grouped:
            async with anyio.create_task_group() as group:
                group.start_soon(wait_and_fail)
                await anyio.sleep_forever()
        else:
            await wait_and_fail()

    calls: list[str] = []
    app = App(middleware=Noting("a", calls))
    app.add_route("/", Route(fail))
    app.add_error_handler(KeyError, handle)
    server = ScriptedServer(app)
    try:
        async with server:
            server.cancel_scope.cancel()
    except ValueError:
        pass
    assert server.kinds() == ["accept", "close"]
    assert calls[-1] == "a disconnect"


async def test_a_group_of_nothing_but_cancellations_is_a_cancellation() -> None:
    """It is what a nursery raises that several tasks of were cancelled, in some versions of Trio."""

    async def respond(req: Request, ws: WebSocket) -> None:
        await ws.accept()
        try:
            await anyio.sleep_forever()
        except anyio.get_cancelled_exc_class() as cancellation:
            raise BaseExceptionGroup("of one", [cancellation]) from None

    server = ScriptedServer(app_with(respond))
    await cancelled_by(server)
    assert server.close_event["code"] == 1001
