"""`process_disconnect_ws`: who is told that a connection is over, when, and of which error."""

from __future__ import annotations

import logging

import anyio
import pytest
from anyio.lowlevel import checkpoint

from anyws import App, HTTPForbidden, HTTPRouteNotFound, Request, WebSocket, WebSocketDisconnected
from tests.websocket.components import Noting, Step
from tests.websocket.failing import fail
from tests.websocket.responders import accept, close, stay
from tests.websocket.scripted import Responder, Route, ScriptedServer, settle


def app_of(responder: Responder, *components: object) -> App:
    app = App(middleware=components)
    app.add_route("/", Route(responder))
    return app


def disconnects(calls: list[str]) -> list[str]:
    return [call for call in calls if call.endswith("disconnect")]


async def test_every_component_is_told_once_and_the_last_one_first() -> None:
    calls: list[str] = []
    told: list[str] = []

    class Plain:
        async def process_disconnect_ws(self, *args: object) -> None:
            calls.append("plain disconnect")

    class Deaf:
        async def process_request_ws(self, req: Request, ws: WebSocket) -> None:
            told.append("request")

    components = [Noting("a", calls), Plain(), Deaf(), Noting("b", calls)]
    async with ScriptedServer(app_of(accept, *components)):
        pass
    assert disconnects(calls) == ["b disconnect", "plain disconnect", "a disconnect"]
    assert told == ["request"]


@pytest.mark.parametrize("step", [close, fail])
async def test_only_components_that_were_reached_are_told(step: Step) -> None:
    calls: list[str] = []
    components = [
        Noting("a", calls),
        Noting("b", calls, on_request=step),
        Noting("c", calls),
    ]
    async with ScriptedServer(app_of(accept, *components)):
        pass
    assert disconnects(calls) == ["b disconnect", "a disconnect"]


@pytest.mark.parametrize("step", [close, fail])
async def test_all_components_are_told_of_an_end_after_routing(step: Step) -> None:
    calls: list[str] = []
    components = [Noting("a", calls, on_resource=step), Noting("b", calls)]
    async with ScriptedServer(app_of(accept, *components)):
        pass
    assert disconnects(calls) == ["b disconnect", "a disconnect"]


async def test_the_resource_is_known_after_routing_and_not_before() -> None:
    early, late = Noting("a", [], on_request=close), Noting("a", [])
    resource = Route(accept)
    for component in (early, late):
        app = App(middleware=component)
        app.add_route("/", resource)
        async with ScriptedServer(app):
            pass
    assert early.resources == [None]
    assert late.resources == [resource]


@pytest.mark.parametrize("responder", [accept, close])
async def test_there_is_no_error_where_nothing_went_wrong(responder: Responder) -> None:
    component = Noting("a", [])
    async with ScriptedServer(app_of(responder, component)):
        pass
    assert component.errors == [None]


async def test_the_error_is_what_went_to_the_error_handlers() -> None:
    error = HTTPForbidden()

    async def fail_in_a_group(req: Request, ws: WebSocket) -> None:
        async with anyio.create_task_group():
            raise error

    component = Noting("a", [])
    async with ScriptedServer(app_of(fail_in_a_group, component)):
        pass
    assert component.errors == [error]


async def test_the_error_stays_the_same_when_its_handler_raises_another_one() -> None:
    async def handle(req: object, resp: object, ex: KeyError, params: object) -> None:
        raise ValueError("another")

    component = Noting("a", [])
    app = app_of(fail, component)
    app.add_error_handler(KeyError, handle)
    with pytest.raises(ValueError, match="another"):
        async with ScriptedServer(app):
            pass
    [error] = component.errors
    assert isinstance(error, KeyError)


async def test_a_missing_route_is_an_error_without_a_resource() -> None:
    component = Noting("a", [])
    async with ScriptedServer(App(middleware=component)):
        pass
    assert [type(error) for error in component.errors] == [HTTPRouteNotFound]
    assert component.resources == [None]


async def test_the_departure_that_ended_the_responder_is_the_error() -> None:
    async def listen(req: Request, ws: WebSocket) -> None:
        await ws.accept()
        await ws.receive_text()

    component = Noting("a", [])
    async with ScriptedServer(app_of(listen, component)) as server:
        server.push_disconnect(4001)
    [error] = component.errors
    assert isinstance(error, WebSocketDisconnected)
    assert error.code == 4001


async def test_it_runs_when_the_close_has_gone_out() -> None:
    seen: list[object] = []

    async def look(req: Request, ws: WebSocket) -> None:
        seen.extend([*server.kinds(), ws.closed, ws.close_code])

    server = ScriptedServer(app_of(accept, Noting("a", [], on_disconnect=look)))
    async with server:
        pass
    assert seen == ["accept", "close", True, 1000]


async def test_its_own_errors_are_logged_and_the_others_run(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def fail_in_a_group(req: Request, ws: WebSocket) -> None:
        async with anyio.create_task_group() as group:
            group.start_soon(fail, req, ws)
            await anyio.sleep_forever()

    calls: list[str] = []
    components = [
        Noting("a", calls),
        Noting("b", calls, on_disconnect=fail),
        Noting("c", calls, on_disconnect=fail_in_a_group),
    ]
    async with ScriptedServer(app_of(accept, *components)):
        pass
    assert disconnects(calls) == ["c disconnect", "b disconnect", "a disconnect"]
    records = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert [record.name for record in records] == ["anyws", "anyws"]
    assert all(record.exc_info is not None for record in records)


async def test_it_may_wait_when_the_connection_is_cancelled() -> None:
    calls: list[str] = []

    async def wait(req: Request, ws: WebSocket) -> None:
        await checkpoint()
        calls.append("waited")

    component = Noting("a", calls, on_disconnect=wait)
    async with ScriptedServer(app_of(stay, component)) as server:
        server.cancel_scope.cancel()
    assert calls[-1] == "waited"
    assert component.errors == [None]


async def test_a_cancellation_while_it_runs_lets_it_end() -> None:
    calls: list[str] = []
    go_on = anyio.Event()

    async def wait(req: Request, ws: WebSocket) -> None:
        await go_on.wait()
        calls.append("waited")

    components = [Noting("a", calls), Noting("b", calls, on_disconnect=wait)]
    async with ScriptedServer(app_of(accept, *components)) as server:
        server.cancel_scope.cancel()
        await settle()
        assert not server.done
        go_on.set()
    assert disconnects(calls) == ["b disconnect", "a disconnect"]
    assert "waited" in calls
    assert server.kinds() == ["accept", "close"]


@pytest.mark.anyws_clock("virtual")
async def test_all_of_them_together_have_the_close_timeout() -> None:
    calls: list[str] = []

    async def hang(req: Request, ws: WebSocket) -> None:
        await anyio.sleep_forever()

    app = app_of(accept, *(Noting("a", calls, on_disconnect=hang) for _ in range(20)))
    async with ScriptedServer(app):
        pass
    assert anyio.current_time() == 5
    assert "a disconnect" in calls


@pytest.mark.anyws_clock("virtual")
async def test_an_error_of_one_that_is_given_up_is_logged_and_not_raised(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def fail_when_cancelled() -> None:
        try:
            await anyio.sleep_forever()
        finally:
            raise KeyError("cleanup")

    async def hang(req: Request, ws: WebSocket) -> None:
        async with anyio.create_task_group() as group:
            group.start_soon(fail_when_cancelled)
            await anyio.sleep_forever()

    calls: list[str] = []
    app = app_of(accept, Noting("a", calls), Noting("b", calls, on_disconnect=hang))
    async with ScriptedServer(app):
        pass
    assert disconnects(calls) == ["b disconnect", "a disconnect"]
    assert "KeyError: 'cleanup'" in caplog.text
