"""What the client is told when a responder ends, and what stands in the log."""

from __future__ import annotations

import logging

import pytest

from anyws import App, Request, WebSocket, WebSocketDisconnected
from tests.websocket.scripted import Event, Route, ScriptedServer, app_with, settle


async def test_a_return_before_accept_refuses_the_handshake_with_1000() -> None:
    async def respond(req: Request, ws: WebSocket) -> None: ...

    async with ScriptedServer(app_with(respond)) as server:
        pass
    assert server.kinds() == ["close"]
    assert server.close_event["code"] == 1000


async def test_a_return_after_accept_closes_with_1000() -> None:
    async def respond(req: Request, ws: WebSocket) -> None:
        await ws.accept()

    async with ScriptedServer(app_with(respond)) as server:
        pass
    assert server.kinds() == ["accept", "close"]
    assert server.close_event == {
        "type": "websocket.close",
        "code": 1000,
        "reason": "Normal Closure",
    }


@pytest.mark.parametrize("accepts", [False, True])
async def test_a_return_after_our_own_close_sends_nothing(accepts: bool) -> None:
    async def respond(req: Request, ws: WebSocket) -> None:
        if accepts:
            await ws.accept()
        await ws.close(4001)

    async with ScriptedServer(app_with(respond)) as server:
        pass
    assert server.close_event["code"] == 4001


async def test_a_return_after_the_client_has_left_sends_nothing() -> None:
    async def respond(req: Request, ws: WebSocket) -> None:
        await ws.accept()
        await ws.wait_disconnected()

    async with ScriptedServer(app_with(respond)) as server:
        server.push_disconnect()
    assert server.kinds() == ["accept"]


async def test_messages_that_nobody_took_are_dropped_at_the_return() -> None:
    async def respond(req: Request, ws: WebSocket) -> None:
        await ws.accept()
        with ws.move_on_disconnect():
            await settle()

    server = ScriptedServer(app_with(respond))
    server.push_text("one")
    server.push_text("two")
    async with server:
        pass
    assert server.kinds() == ["accept", "close"]
    assert server.close_event["code"] == 1000


@pytest.mark.parametrize("accepts", [False, True])
async def test_an_unhandled_error_closes_with_1011_and_is_logged_with_its_traceback(
    accepts: bool, caplog: pytest.LogCaptureFixture
) -> None:
    async def respond(req: Request, ws: WebSocket) -> None:
        if accepts:
            await ws.accept()
        raise KeyError("lost")

    async with ScriptedServer(app_with(respond)) as server:
        pass
    assert server.close_event == {
        "type": "websocket.close",
        "code": 1011,
        "reason": "Internal Server Error",
    }
    [record] = caplog.records
    assert (record.name, record.levelno) == ("anyws", logging.ERROR)
    assert record.exc_info is not None
    assert isinstance(record.exc_info[1], KeyError)


async def test_the_code_for_an_unhandled_error_is_an_option() -> None:
    async def respond(req: Request, ws: WebSocket) -> None:
        raise KeyError("lost")

    async with ScriptedServer(app_with(respond, error_close_code=4500)) as server:
        pass
    assert server.close_event["code"] == 4500


@pytest.mark.parametrize("code", [1006, 70000, 2000])
async def test_an_error_close_code_that_cannot_be_sent_becomes_3011(code: int) -> None:
    async def respond(req: Request, ws: WebSocket) -> None:
        raise KeyError("lost")

    async with ScriptedServer(app_with(respond, error_close_code=code)) as server:
        pass
    assert server.close_event["code"] == 3011
    assert server.close_event["reason"] == "Internal Server Error"


async def test_a_code_that_the_server_refuses_becomes_3011() -> None:
    async def respond(req: Request, ws: WebSocket) -> None:
        await ws.accept()
        raise KeyError("lost")

    async def refuse(event: Event) -> None:
        if event.get("code") == 1011:
            raise ValueError("Invalid close code 1011")

    server = ScriptedServer(app_with(respond))
    server.on_send = refuse
    async with server:
        pass
    assert server.kinds() == ["accept", "close"]
    assert server.close_event["code"] == 3011


async def test_a_close_that_fails_for_another_reason_is_logged_once_and_raised_to_the_server(
    caplog: pytest.LogCaptureFixture,
) -> None:
    failure = RuntimeError("the server is out of order")
    attempts = []

    async def respond(req: Request, ws: WebSocket) -> None:
        await ws.accept()
        raise KeyError("lost")

    async def break_down(event: Event) -> None:
        if event["type"] == "websocket.close":
            attempts.append(event["code"])
            raise failure

    server = ScriptedServer(app_with(respond))
    server.on_send = break_down
    with pytest.raises(RuntimeError) as caught:
        async with server:
            pass
    assert caught.value is failure
    assert attempts == [1011]
    logged = [record.exc_info[1] for record in caplog.records if record.exc_info]
    assert logged.count(failure) == 1


async def test_the_departure_of_the_client_is_no_more_than_a_line_for_debugging(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def respond(req: Request, ws: WebSocket) -> None:
        await ws.accept()
        await ws.receive_text()

    with caplog.at_level(logging.DEBUG, "anyws"):
        async with ScriptedServer(app_with(respond)) as server:
            server.push_disconnect(1006)
    assert server.kinds() == ["accept"]
    assert [record.levelno for record in caplog.records] == [logging.DEBUG]


async def test_the_end_of_another_socket_closes_this_one_and_warns_with_both_paths(
    caplog: pytest.LogCaptureFixture,
) -> None:
    others: list[WebSocket] = []
    app = App()

    async def leave(req: Request, ws: WebSocket) -> None:
        others.append(ws)
        await ws.accept()
        await ws.wait_disconnected()

    async def relay(req: Request, ws: WebSocket) -> None:
        await ws.accept()
        await others[0].send_text("hello")

    app.add_route("/left", Route(leave))
    app.add_route("/open", Route(relay))
    async with ScriptedServer(app, path="/left") as left:
        left.push_disconnect()
    async with ScriptedServer(app, path="/open") as server:
        pass
    assert server.close_event["code"] == 1011
    [record] = [record for record in caplog.records if record.levelno == logging.WARNING]
    assert "/left" in record.message
    assert "/open" in record.message


@pytest.mark.parametrize("accepts", [False, True])
async def test_a_disconnect_raised_by_hand_on_an_open_socket_closes_it_and_warns(
    accepts: bool, caplog: pytest.LogCaptureFixture
) -> None:
    async def respond(req: Request, ws: WebSocket) -> None:
        if accepts:
            await ws.accept()
        raise WebSocketDisconnected(1001)

    async with ScriptedServer(app_with(respond)) as server:
        pass
    assert server.close_event["code"] == 1011
    assert [record.levelno for record in caplog.records] == [logging.WARNING]
