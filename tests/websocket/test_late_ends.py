"""What is left to say when the responder, or its connection, has ended in an unusual way."""

from __future__ import annotations

import logging

import anyio
import pytest

from anyws import App, Request, WebSocket, WebSocketDisconnected
from tests.websocket.scripted import Event, Route, ScriptedServer, app_with, settle


async def test_a_responder_that_is_cancelled_can_still_ask_in_a_shield() -> None:
    answers = []

    async def respond(req: Request, ws: WebSocket) -> None:
        await ws.accept()
        assert ws.ready
        try:
            await anyio.sleep_forever()
        finally:
            with anyio.fail_after(5, shield=True):
                await ws.send_text("going?")
                answers.append(await ws.receive_text())

    server = ScriptedServer(app_with(respond))
    async with server:
        await settle()
        server.cancel_scope.cancel()
        await settle()
        server.push_text("yes")
    assert answers == ["yes"]


@pytest.mark.parametrize("fails", [False, True])
async def test_a_close_that_fails_because_the_client_has_left_unnoticed_is_quiet(
    fails: bool, caplog: pytest.LogCaptureFixture
) -> None:
    async def respond(req: Request, ws: WebSocket) -> None:
        await ws.accept()
        server.push_disconnect(1001)
        if fails:
            raise LookupError("of the responder")

    async def refuse(event: Event) -> None:
        if event["type"] == "websocket.close":
            raise RuntimeError("the connection is closed already")

    server = ScriptedServer(app_with(respond))
    server.on_send = refuse
    async with server:
        pass
    errors = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert [str(record.exc_info[1]) for record in errors if record.exc_info] == (
        ["of the responder"] if fails else []
    )


async def test_a_connection_whose_close_was_refused_is_lost_for_all_who_hold_it() -> None:
    held: list[WebSocket] = []

    async def respond(req: Request, ws: WebSocket) -> None:
        await ws.accept()
        held.append(ws)

    async def refuse(event: Event) -> None:
        if event["type"] == "websocket.close":
            raise RuntimeError("no")

    server = ScriptedServer(app_with(respond))
    server.on_send = refuse
    with pytest.raises(RuntimeError, match="no"):
        async with server:
            pass
    [ws] = held
    assert ws.closed
    assert not ws.ready
    assert await ws.wait_disconnected() == 1006
    for call in (ws.receive_text(), ws.send_text("late")):
        with pytest.raises(WebSocketDisconnected):
            await call


@pytest.mark.anyws_clock("virtual")
async def test_a_close_waits_behind_a_stuck_send_no_longer_than_close_timeout() -> None:
    async def respond(req: Request, ws: WebSocket) -> None:
        await ws.accept()
        ws.task_group.start_soon(ws.send_text, "stuck")
        await settle()
        await ws.close(4000)
        assert anyio.current_time() == 5
        assert ws.close_code == 1006

    async def stick(event: Event) -> None:
        if event["type"] == "websocket.send":
            await anyio.sleep_forever()

    server = ScriptedServer(app_with(respond))
    server.on_send = stick
    async with server:
        pass
    assert server.kinds() == ["accept"]


async def test_a_handler_that_writes_to_a_client_that_has_left_is_no_error_of_the_server(
    caplog: pytest.LogCaptureFixture,
) -> None:
    tried = []

    async def respond(req: Request, ws: WebSocket) -> None:
        await ws.accept()
        await ws.receive_text()

    async def apologise(
        req: object, resp: object, ex: object, params: object, ws: WebSocket
    ) -> None:
        tried.append(ws.close_code)
        await ws.send_text("sorry")

    app = app_with(respond)
    app.add_error_handler(WebSocketDisconnected, apologise)
    async with ScriptedServer(app) as server:
        server.push_disconnect(1001)
    assert tried == [1001]
    assert server.kinds() == ["accept"]
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


async def test_the_confirmation_of_our_own_close_is_no_departure_of_the_client() -> None:
    handled: list[Exception] = []

    async def respond(req: Request, ws: WebSocket) -> None:
        await ws.accept()
        await ws.close()
        server.push_disconnect(1000)
        await settle()
        ws.task_group.cancel_scope.cancel()
        await anyio.sleep_forever()

    async def handle(req: object, resp: object, ex: Exception, params: object) -> None:
        handled.append(ex)

    app = App()
    app.ws_options.cancel_on_disconnect = True
    app.add_route("/", Route(respond))
    app.add_error_handler(WebSocketDisconnected, handle)
    server = ScriptedServer(app)
    async with server:
        pass
    assert handled == []


@pytest.mark.parametrize("where", ["a child", "another connection"])
async def test_a_receive_of_any_other_task_ends_at_once_where_the_server_does_not_report_a_close(
    where: str,
) -> None:
    codes: list[int] = []
    at_once: list[int] = []

    async def receive(ws: WebSocket) -> None:
        with pytest.raises(WebSocketDisconnected) as raised:
            await ws.receive_text()
        codes.append(raised.value.code)

    async def respond(req: Request, ws: WebSocket) -> None:
        await ws.accept()
        async with anyio.create_task_group() as own:
            group = own if where == "a child" else outer
            group.start_soon(receive, ws)
            await settle()
            await ws.close(4000)
            await settle()
            at_once.extend(codes)

    async with anyio.create_task_group() as outer, ScriptedServer(app_with(respond)):
        pass
    assert at_once == [4000]


async def test_a_receive_of_a_foreign_task_ends_when_the_responder_returns() -> None:
    codes: list[int] = []
    held: list[WebSocket] = []
    leave = anyio.Event()

    async def respond(req: Request, ws: WebSocket) -> None:
        await ws.accept()
        held.append(ws)
        await leave.wait()

    async def receive() -> None:
        with pytest.raises(WebSocketDisconnected) as raised:
            await held[0].receive_text()
        codes.append(raised.value.code)

    server = ScriptedServer(app_with(respond))
    async with anyio.create_task_group() as foreign, server:
        foreign.start_soon(receive)
        await settle()
        leave.set()
        await settle()
        assert server.done
        assert codes == [1000]
