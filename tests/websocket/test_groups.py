"""Groups of exceptions are unwrapped, wherever they come from."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

import anyio
import pytest

from anyws import App, HTTPForbidden, HTTPNotFound, Request, WebSocket, after, before
from tests.websocket.components import Noting
from tests.websocket.failing import Kept, raising
from tests.websocket.scripted import Event, ScriptedServer, app_with


async def test_http_not_found_in_a_task_group_of_the_responder_closes_with_3404() -> None:
    async def respond(req: Request, ws: WebSocket) -> None:
        await ws.accept()
        async with anyio.create_task_group() as group:
            group.start_soon(anyio.sleep_forever)
            group.start_soon(raising(HTTPNotFound()))

    async with ScriptedServer(app_with(respond)) as server:
        pass
    assert server.close_event["code"] == 3404


async def test_groups_in_groups_are_unwrapped_to_the_bottom() -> None:
    error = KeyError("deep")

    async def respond(req: Request, ws: WebSocket) -> None:
        async with anyio.create_task_group():
            raise ExceptionGroup("outer", [ExceptionGroup("inner", [error])])

    app = app_with(respond)
    kept = Kept(app, KeyError)
    async with ScriptedServer(app):
        pass
    assert kept.errors == [error]


async def raise_group(*args: Any) -> None:
    raise ExceptionGroup("of one", [HTTPForbidden()])


class HookedBefore:
    @before(raise_group)
    async def on_websocket(self, req: Request, ws: WebSocket) -> None: ...


class HookedAfter:
    @after(raise_group)
    async def on_websocket(self, req: Request, ws: WebSocket) -> None: ...


@pytest.mark.parametrize("resource", [HookedBefore(), HookedAfter()])
async def test_a_group_out_of_a_hook_is_unwrapped(resource: object) -> None:
    app = App()
    app.add_route("/", resource)
    async with ScriptedServer(app) as server:
        pass
    assert server.close_event["code"] == 3403


@pytest.mark.parametrize("stage", ["on_request", "on_resource"])
async def test_a_group_out_of_middleware_is_unwrapped(stage: str) -> None:
    app = App(middleware=Noting("a", [], **{stage: raise_group}))
    app.add_route("/", HookedBefore())
    async with ScriptedServer(app) as server:
        pass
    assert server.close_event["code"] == 3403


async def test_a_group_out_of_a_sink_is_unwrapped() -> None:
    async def sink(req: Request, resp: None, ws: WebSocket) -> None:
        await raise_group()

    app = App()
    app.add_sink(sink)
    async with ScriptedServer(app) as server:
        pass
    assert server.close_event["code"] == 3403


class Abort(BaseException):
    """What nobody but the program's outermost code handles."""


@pytest.mark.parametrize("nested", [False, True])
async def test_what_is_no_exception_leaves_the_application_bare(nested: bool) -> None:
    abort = Abort()

    async def respond(req: Request, ws: WebSocket) -> None:
        await ws.accept()
        if nested:
            async with anyio.create_task_group() as group:
                group.start_soon(raising(abort))
        raise abort

    # In a task of its own it would take the event loop down with it.
    app = app_with(respond)
    events = iter([{"type": "websocket.connect"}])

    async def receive() -> Event:
        return next(events)

    async def send(event: MutableMapping[str, Any]) -> None: ...

    with pytest.raises(Abort) as caught:
        await app({"type": "websocket", "path": "/", "headers": []}, receive, send)
    assert caught.value is abort
