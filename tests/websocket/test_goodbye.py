"""A cancellation from outside: what the client is told, and that nobody swallows it."""

from __future__ import annotations

import logging

import anyio
import pytest

from anyws import App, Request, WebSocket
from tests.websocket.components import Noting
from tests.websocket.responders import receive, stay, wait_for_a_child
from tests.websocket.scripted import (
    Event,
    Responder,
    Route,
    ScriptedServer,
    app_with,
    cancelled_by,
    settle,
)


async def stay_unaccepted(req: Request, ws: WebSocket) -> None:
    await anyio.sleep_forever()


async def receive_from_the_queue(req: Request, ws: WebSocket) -> None:
    await ws.accept()
    with ws.move_on_disconnect():
        await ws.receive_text()


@pytest.mark.parametrize(
    "responder",
    [stay, receive, receive_from_the_queue, wait_for_a_child],
    ids=lambda f: f.__name__,
)
async def test_a_cancelled_connection_is_closed_with_1001(responder: Responder) -> None:
    server = ScriptedServer(app_with(responder))
    await cancelled_by(server)
    assert server.kinds() == ["accept", "close"]
    assert server.close_event["code"] == 1001


async def test_a_cancelled_handshake_is_refused() -> None:
    server = ScriptedServer(app_with(stay_unaccepted))
    await cancelled_by(server)
    assert server.kinds() == ["close"]
    assert server.close_event["code"] == 1001


async def test_a_cancellation_in_middleware_says_goodbye_too() -> None:
    async def talk(req: Request, ws: WebSocket) -> None:
        await ws.accept()
        await ws.receive_text()

    server = ScriptedServer(App(middleware=Noting("a", [], on_request=talk)))
    await cancelled_by(server)
    assert server.close_event["code"] == 1001


@pytest.mark.parametrize("how", ["we", "the client"])
async def test_a_cancelled_connection_that_was_closed_gets_no_second_close(how: str) -> None:
    async def respond(req: Request, ws: WebSocket) -> None:
        await ws.accept()
        if how == "we":
            await ws.close(4000)
        else:
            await ws.wait_disconnected()
        await anyio.sleep_forever()

    server = ScriptedServer(app_with(respond))
    server.push_disconnect()
    await cancelled_by(server)
    assert [event.get("code") for event in server.sent] == (
        [None, 4000] if how == "we" else [None]
    )


async def test_a_cancellation_is_no_error_and_goes_to_no_handler(
    caplog: pytest.LogCaptureFixture,
) -> None:
    handled = []

    async def handle(req: object, resp: object, ex: object, params: object) -> None:
        handled.append(ex)

    app = app_with(stay)
    app.add_error_handler(Exception, handle)
    await cancelled_by(ScriptedServer(app))
    assert handled == []
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


async def test_a_responder_may_clean_up_before_the_goodbye() -> None:
    async def respond(req: Request, ws: WebSocket) -> None:
        await ws.accept()
        try:
            await anyio.sleep_forever()
        finally:
            with anyio.move_on_after(1, shield=True):
                await ws.send_text("so long")
                await ws.close(4000)

    server = ScriptedServer(app_with(respond))
    await cancelled_by(server)
    assert server.texts() == ["so long"]
    assert server.close_event["code"] == 4000


@pytest.mark.anyws_clock("virtual")
async def test_a_goodbye_that_the_server_does_not_take_is_given_up_after_the_close_timeout() -> (
    None
):
    calls: list[str] = []

    async def hang(event: Event) -> None:
        if event["type"] == "websocket.close":
            calls.append("close")
            await anyio.sleep_forever()

    app = App(middleware=Noting("a", calls))
    app.add_route("/", Route(stay))
    server = ScriptedServer(app)
    server.on_send = hang
    await cancelled_by(server)
    assert anyio.current_time() == 5
    assert calls[-2:] == ["close", "a disconnect"]


async def test_a_goodbye_that_fails_does_not_take_the_place_of_the_cancellation(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def break_down(event: Event) -> None:
        if event["type"] == "websocket.close":
            raise RuntimeError("the server is out of order")

    server = ScriptedServer(app_with(stay))
    server.on_send = break_down
    await cancelled_by(server)
    assert any(record.exc_info is not None for record in caplog.records)


async def test_a_cancellation_during_the_normal_goodbye_lets_it_end() -> None:
    go_on = anyio.Event()

    async def wait(event: Event) -> None:
        if event["type"] == "websocket.close":
            await go_on.wait()

    async def respond(req: Request, ws: WebSocket) -> None:
        await ws.accept()

    server = ScriptedServer(app_with(respond))
    server.on_send = wait
    async with server:
        server.cancel_scope.cancel()
        await settle()
        assert not server.done
        go_on.set()
    assert server.close_event["code"] == 1000


async def test_a_cancellation_before_the_handshake_is_announced_sends_nothing() -> None:
    server = ScriptedServer(app_with(stay), connect=False)
    await cancelled_by(server)
    assert server.sent == []
