"""Handshakes that a drain meets, and those that come while it is under way or later."""

from __future__ import annotations

import logging
from functools import partial
from typing import Any

import anyio
import pytest

from anyws import App, Request, UnsupportedScopeError, WebSocket, WebSocketDisconnected
from anyws.testing import ASGIConductor
from tests.app.drained import AnsweringServer, Log, app_noting, listen
from tests.websocket.scripted import Route, ScriptedServer, app_with, settle

virtual = pytest.mark.anyws_clock("virtual")
RESPONSES: dict[str, Any] = {"extensions": {"websocket.http.response": {}}}


@virtual
async def test_a_handshake_that_could_not_be_read_holds_no_drain_up() -> None:
    app = app_with(listen)
    with pytest.raises(UnsupportedScopeError):
        async with ScriptedServer(app, subprotocols=5):
            pass
    with anyio.fail_after(1):
        await app.drain(deadline=30)


class SlowHandshake:
    """A responder that accepts when it is told to."""

    def __init__(self) -> None:
        self.go = anyio.Event()
        self.returned = False

    async def __call__(self, req: Request, ws: WebSocket) -> None:
        await self.go.wait()
        await listen(req, ws)


async def test_a_new_handshake_is_refused_with_503_and_a_time_to_come_back(
    caplog: pytest.LogCaptureFixture,
) -> None:
    app = app_with(listen)
    await app.drain()
    with caplog.at_level(logging.INFO, "anyws"):
        async with ScriptedServer(app, **RESPONSES) as server:
            pass
    assert server.sent[0]["status"] == 503
    assert (b"retry-after", b"5") in server.sent[0]["headers"]
    assert "the application is draining" in caplog.text


async def test_where_there_are_no_responses_it_is_closed_with_the_code_of_the_drain() -> None:
    app = app_with(listen)
    await app.drain(code=4013, reason="elsewhere")
    async with ScriptedServer(app) as server:
        pass
    assert server.sent == [{"type": "websocket.close", "code": 4013, "reason": "elsewhere"}]


async def test_no_middleware_sees_a_handshake_that_is_refused() -> None:
    class Middleware:
        async def process_request_ws(self, req: Request, ws: WebSocket) -> None:
            raise AssertionError

    app = App(middleware=Middleware())
    await app.drain()
    async with ScriptedServer(app) as server:
        pass
    assert server.kinds() == ["close"]


@virtual
async def test_a_handshake_that_is_not_answered_when_its_turn_comes_is_refused() -> None:
    log = Log()
    app = app_noting(log, SlowHandshake())
    async with ScriptedServer(app, **RESPONSES) as server:
        await app.drain()
    assert server.sent[0]["status"] == 503
    assert log == [(0, 3503)]


@virtual
async def test_without_responses_such_a_handshake_is_closed_with_the_code_of_the_drain() -> None:
    log = Log()
    app = app_noting(log, SlowHandshake())
    async with ScriptedServer(app) as server:
        await app.drain(code=4013)
    assert server.close_event["code"] == 4013
    assert log == [(0, 4013)]


@virtual
async def test_one_that_is_answered_before_its_turn_is_closed_like_the_others() -> None:
    responder = SlowHandshake()
    app = app_with(responder)
    async with AnsweringServer(app) as server, anyio.create_task_group() as group:
        group.start_soon(partial(app.drain, spread=10))
        await settle()
        responder.go.set()
        await settle()
        assert server.kinds() == ["accept"]
    assert server.kinds() == ["accept", "close"]
    assert server.close_event["code"] == 1012


async def test_one_that_is_just_being_accepted_is_closed_and_not_refused() -> None:
    app = app_with(listen)
    accepting, go_on = anyio.Event(), anyio.Event()

    async def hold(event: dict[str, object]) -> None:
        if event["type"] == "websocket.accept":
            accepting.set()
            await go_on.wait()

    async with AnsweringServer(app, connect=False, **RESPONSES) as server:
        server.on_send = hold
        server.push("websocket.connect")
        await accepting.wait()
        async with anyio.create_task_group() as group:
            group.start_soon(app.drain)
            await settle()
            go_on.set()
    assert server.kinds() == ["accept", "close"]


@virtual
async def test_without_refusing_a_handshake_under_way_is_let_in_and_then_closed() -> None:
    responder = SlowHandshake()
    app = app_with(responder)
    async with AnsweringServer(app, **RESPONSES) as server, anyio.create_task_group() as group:
        group.start_soon(partial(app.drain, refuse=False))
        await settle()
        assert server.sent == []
        responder.go.set()
    assert anyio.current_time() == 0
    assert server.kinds() == ["accept", "close"]
    assert server.close_event["code"] == 1012


@virtual
async def test_without_refusing_those_who_come_late_get_a_turn_in_the_rest_of_the_spread() -> None:
    log = Log()
    app = app_noting(log, listen)

    async def finish(req: Request, ws: WebSocket) -> None:
        await ws.accept()
        async with ws.finish_first():
            await anyio.sleep(17)

    app.add_route("/busy", Route(finish))
    async with (
        ASGIConductor(app) as conductor,
        conductor.simulate_ws("/busy"),
        anyio.create_task_group() as group,
    ):
        group.start_soon(partial(app.drain, spread=16, refuse=False))
        await anyio.sleep(8)
        late = [conductor.simulate_ws("/") for _ in range(200)]
        for ws in late:
            await ws.__aenter__()
            assert ws.ready
        await anyio.sleep(8)
        for ws in late:
            assert ws.close_code == 1012
            await ws.__aexit__(None, None, None)
    times = [time for time, _ in log]
    assert min(times) < 9 and max(times) > 15 and len(set(times)) > 190


async def test_without_refusing_those_who_come_after_the_end_are_closed_when_they_are_in() -> None:
    app = app_with(listen)
    await app.drain(refuse=False)
    async with AnsweringServer(app, **RESPONSES) as server:
        pass
    assert server.kinds() == ["accept", "close"]
    assert server.close_event["code"] == 1012


@virtual
async def test_without_refusing_a_handshake_that_nobody_answers_is_refused_at_the_end() -> None:
    app = app_with(SlowHandshake())
    async with ScriptedServer(app, **RESPONSES) as server:
        await app.drain(deadline=10, refuse=False)
        assert anyio.current_time() == 8
    assert server.sent[0]["status"] == 503


async def test_the_next_startup_lets_everybody_in_again() -> None:
    app = app_with(listen)
    async with ASGIConductor(app) as conductor:
        await app.drain()
        with pytest.raises(WebSocketDisconnected) as refused:
            async with conductor.simulate_ws("/"):
                pass
        assert refused.value.response is not None
        assert refused.value.response.status_code == 503
    assert app.draining
    async with ASGIConductor(app) as conductor, conductor.simulate_ws("/") as ws:
        assert not app.draining
        assert ws.ready
