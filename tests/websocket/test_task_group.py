"""`ws.task_group`: the tasks of a connection, which end with its responder."""

from __future__ import annotations

import anyio
import pytest
from anyio.abc import TaskGroup, TaskStatus

from anyws import App, Request, WebSocket, WebSocketDisconnected
from tests.websocket.components import Noting
from tests.websocket.scripted import Route, ScriptedServer, app_with, settle


async def accept(req: Request, ws: WebSocket) -> None:
    await ws.accept()


async def test_a_child_works_beside_the_responder_and_ends_with_it() -> None:
    ends = []

    async def push(ws: WebSocket) -> None:
        await ws.send_text("from a child")
        try:
            await anyio.sleep_forever()
        finally:
            ends.append(ws.closed)

    async def respond(req: Request, ws: WebSocket) -> None:
        await ws.accept()
        ws.task_group.start_soon(push, ws)
        await ws.receive_text()

    async with ScriptedServer(app_with(respond)) as server:
        assert server.texts() == ["from a child"]
        server.push_text("enough")
    # The children have ended before the connection is closed.
    assert ends == [False]
    assert server.close_event["code"] == 1000


async def test_it_is_an_anyio_task_group() -> None:
    seen: list[object] = []

    async def start(value: str, *, task_status: TaskStatus[str]) -> None:
        task_status.started(value)
        await anyio.sleep_forever()

    async def respond(req: Request, ws: WebSocket) -> None:
        seen.append(isinstance(ws.task_group, TaskGroup))
        seen.append(ws.task_group is ws.task_group)
        seen.append(await ws.task_group.start(start, "started"))

    async with ScriptedServer(app_with(respond)):
        pass
    assert seen == [True, True, "started"]


async def test_it_can_be_used_from_process_request_ws_on() -> None:
    ends = []

    async def child() -> None:
        try:
            await anyio.sleep_forever()
        finally:
            ends.append("child")

    async def begin(req: Request, ws: WebSocket) -> None:
        ws.task_group.start_soon(child)

    async def respond(req: Request, ws: WebSocket) -> None:
        await settle()
        ends.append("responder")

    app = App(middleware=Noting("a", [], on_request=begin))
    app.add_route("/", Route(respond))
    async with ScriptedServer(app):
        pass
    assert ends == ["responder", "child"]


async def test_after_the_responder_it_is_a_runtime_error_that_names_the_applications_group() -> (
    None
):
    seen: list[str] = []

    async def look(req: Request, ws: WebSocket) -> None:
        with pytest.raises(RuntimeError, match=r"app\.task_group"):
            _ = ws.task_group
        seen.append("disconnect")

    async def handle(
        req: Request, resp: None, ex: Exception, params: object, ws: WebSocket | None = None
    ) -> None:
        assert ws is not None
        await look(req, ws)

    async def fail(req: Request, ws: WebSocket) -> None:
        raise KeyError("lost")

    app = App(middleware=Noting("a", [], on_disconnect=look))
    app.add_route("/", Route(fail))
    app.add_error_handler(KeyError, handle)
    async with ScriptedServer(app):
        pass
    assert seen == ["disconnect", "disconnect"]


async def test_a_child_that_finds_the_client_gone_ends_the_responder_as_any_error_does() -> None:
    ends = []
    component = Noting("a", [])

    async def listen(ws: WebSocket) -> None:
        await ws.receive_text()

    async def respond(req: Request, ws: WebSocket) -> None:
        await ws.accept()
        ws.task_group.start_soon(listen, ws)
        try:
            await anyio.sleep_forever()
        except anyio.get_cancelled_exc_class():
            ends.append("cancelled")
            raise

    app = App(middleware=component)
    app.add_route("/", Route(respond))
    async with ScriptedServer(app) as server:
        server.push_disconnect(4001)
    assert ends == ["cancelled"]
    [error] = component.errors
    assert isinstance(error, WebSocketDisconnected)
    assert error.code == 4001
    assert server.kinds() == ["accept"]


async def test_a_child_that_catches_the_departure_leaves_the_responder_alone() -> None:
    ends = []
    go_on = anyio.Event()

    async def listen(ws: WebSocket) -> None:
        try:
            await ws.receive_text()
        except WebSocketDisconnected:
            ends.append("child")

    async def respond(req: Request, ws: WebSocket) -> None:
        await ws.accept()
        ws.task_group.start_soon(listen, ws)
        await go_on.wait()
        ends.append("responder")

    async with ScriptedServer(app_with(respond)) as server:
        server.push_disconnect()
        await settle()
        assert not server.done
        go_on.set()
    assert ends == ["child", "responder"]


@pytest.mark.parametrize("accepts", [False, True])
async def test_cancelling_it_ends_the_responder_as_a_return_does(accepts: bool) -> None:
    component = Noting("a", [])

    async def respond(req: Request, ws: WebSocket) -> None:
        if accepts:
            await ws.accept()
        ws.task_group.start_soon(anyio.sleep_forever)
        ws.task_group.cancel_scope.cancel()
        await anyio.sleep_forever()

    app = App(middleware=component)
    app.add_route("/", Route(respond))
    async with ScriptedServer(app) as server:
        pass
    assert server.close_event["code"] == 1000
    assert component.errors == [None]


async def test_a_child_may_cancel_it() -> None:
    async def end(ws: WebSocket) -> None:
        ws.task_group.cancel_scope.cancel()

    async def respond(req: Request, ws: WebSocket) -> None:
        await ws.accept()
        ws.task_group.start_soon(end, ws)
        await ws.receive_text()

    async with ScriptedServer(app_with(respond)) as server:
        pass
    assert server.kinds() == ["accept", "close"]
    assert server.close_event["code"] == 1000


async def test_a_failing_child_cancels_the_other_children() -> None:
    ends = []

    async def other() -> None:
        try:
            await anyio.sleep_forever()
        finally:
            ends.append("other")

    async def fail() -> None:
        raise KeyError("child")

    async def respond(req: Request, ws: WebSocket) -> None:
        await ws.accept()
        ws.task_group.start_soon(other)
        await settle()
        ws.task_group.start_soon(fail)
        await anyio.sleep_forever()

    async with ScriptedServer(app_with(respond)) as server:
        pass
    assert ends == ["other"]
    assert server.close_event["code"] == 1011


async def test_a_departure_is_noticed_while_only_children_use_the_socket() -> None:
    """Whoever looks at the group has tasks that work while the responder is away."""
    seen = []

    async def respond(req: Request, ws: WebSocket) -> None:
        await ws.accept()
        ws.task_group.start_soon(anyio.sleep_forever)
        await settle()
        seen.append(ws.close_code)

    server = ScriptedServer(app_with(respond))
    server.push_disconnect(4001)
    async with server:
        pass
    assert seen == [4001]
