"""Cancellation by `asyncio.Task.cancel()`, which is how servers on asyncio end an application."""

from __future__ import annotations

import asyncio
from typing import Any

import anyio
import pytest
from anyio.lowlevel import checkpoint

from anyws import App, Request, WebSocket
from tests.websocket.components import Noting, Step
from tests.websocket.responders import accept, receive, stay, wait_for_a_child
from tests.websocket.scripted import Event, Responder, Route, ScriptedServer, app_with, settle

pytestmark = pytest.mark.parametrize(
    "anyio_backend",
    [("asyncio", {"use_uvloop": False}), ("asyncio", {"use_uvloop": True})],
    ids=["asyncio", "uvloop"],
)


class NativeTask:
    """An application that is served in an asyncio task of its own."""

    def __init__(self, app: App) -> None:
        self._app = app
        self.task: asyncio.Task[None]

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.task = asyncio.create_task(self._app(scope, receive, send))
        try:
            await asyncio.wait([self.task])
        finally:
            self.task.cancel()


def app_of(responder: Responder, *components: object) -> App:
    app = App(middleware=components)
    app.add_route("/", Route(responder))
    return app


async def watch(req: Request, ws: WebSocket) -> None:
    await ws.accept()
    with ws.move_on_disconnect():
        await anyio.sleep_forever()


@pytest.mark.parametrize(
    "responder", [stay, receive, wait_for_a_child, watch], ids=lambda f: f.__name__
)
async def test_a_cancelled_task_says_goodbye_and_ends_cancelled(responder: Responder) -> None:
    component = Noting("a", [])
    native = NativeTask(app_of(responder, component))
    async with ScriptedServer(native) as server:
        native.task.cancel()
    assert native.task.cancelled()
    assert server.kinds() == ["accept", "close"]
    assert server.close_event["code"] == 1001
    assert component.errors == [None]


async def test_the_goodbye_may_wait_in_the_server() -> None:
    async def wait(event: Event) -> None:
        if event["type"] == "websocket.close":
            await asyncio.sleep(0)

    native = NativeTask(app_with(stay))
    server = ScriptedServer(native)
    server.on_send = wait
    async with server:
        native.task.cancel()
    assert native.task.cancelled()
    assert server.close_event["code"] == 1001


async def test_a_second_cancellation_during_the_goodbye_still_tells_the_components() -> None:
    async def hang(event: Event) -> None:
        if event["type"] == "websocket.close":
            await anyio.sleep_forever()

    component = Noting("a", [])
    native = NativeTask(app_of(stay, component))
    server = ScriptedServer(native)
    server.on_send = hang
    async with server:
        native.task.cancel()
        await settle()
        native.task.cancel()
    assert native.task.cancelled()
    assert component.errors == [None]


async def test_a_task_that_is_cancelled_in_an_error_handler_says_goodbye() -> None:
    async def fail(req: Request, ws: WebSocket) -> None:
        await ws.accept()
        raise KeyError("lost")

    async def handle(req: object, resp: object, ex: object, params: object) -> None:
        await anyio.sleep_forever()

    component = Noting("a", [])
    app = app_of(fail, component)
    app.add_error_handler(KeyError, handle)
    native = NativeTask(app)
    async with ScriptedServer(native) as server:
        native.task.cancel()
    assert native.task.cancelled()
    assert server.close_event["code"] == 1001
    assert len(component.errors) == 1


async def test_a_task_that_is_cancelled_in_process_disconnect_ws_has_told_all_components() -> None:
    calls: list[str] = []
    go_on = anyio.Event()

    async def wait(req: Request, ws: WebSocket) -> None:
        await go_on.wait()
        calls.append("waited")

    native = NativeTask(app_of(accept, Noting("a", calls), Noting("b", calls, on_disconnect=wait)))
    async with ScriptedServer(native) as server:
        native.task.cancel()
        await settle()
        go_on.set()
    assert calls[-3:] == ["b disconnect", "waited", "a disconnect"]
    assert native.task.cancelled()
    assert server.close_event["code"] == 1000


async def test_a_cancellation_after_the_task_group_was_cancelled_is_not_swallowed() -> None:
    async def respond(req: Request, ws: WebSocket) -> None:
        await ws.accept()
        ws.task_group.cancel_scope.cancel()
        with anyio.CancelScope(shield=True):
            await anyio.sleep_forever()

    native = NativeTask(app_with(respond))
    async with ScriptedServer(native):
        native.task.cancel()
    assert native.task.cancelled()


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

    native = NativeTask(app_with(respond))
    async with ScriptedServer(native) as server:
        native.task.cancel()
        await settle()
        go_on.set()
    assert native.task.cancelled()
    assert server.close_event["code"] == 1001


@pytest.mark.parametrize("step", [stay, receive])
async def test_a_cancellation_in_middleware_is_not_swallowed(step: Step) -> None:
    native = NativeTask(app_of(accept, Noting("a", [], on_request=step)))
    async with ScriptedServer(native) as server:
        native.task.cancel()
    assert native.task.cancelled()
    assert server.close_event["code"] == 1001


class Alarm(BaseException):
    """What programs may raise that is neither an error nor a cancellation."""


async def test_whatever_the_first_wait_raises_is_raised_where_the_responder_waits() -> None:
    seen: list[BaseException] = []
    alarm = Alarm()

    async def respond(req: Request, ws: WebSocket) -> None:
        raising = asyncio.get_running_loop().create_future()
        raising.set_exception(alarm)
        await checkpoint()
        try:
            await raising
        except Alarm as raised:
            seen.append(raised)

    async def wait_at_once(req: Request, ws: WebSocket) -> None:
        loop = asyncio.get_running_loop()
        raising = loop.create_future()
        loop.call_soon(raising.set_exception, alarm)
        try:
            await raising
        except Alarm as raised:
            seen.append(raised)

    for responder in (respond, wait_at_once):
        async with ScriptedServer(app_with(responder)):
            pass
    assert seen == [alarm, alarm]
