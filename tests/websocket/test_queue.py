"""How far the messages are read ahead of the responder, and in what order they come."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

import pytest
from anyio import Event, create_task_group
from anyio.lowlevel import checkpoint

from anyws import App, Request, WebSocket, WebSocketDisconnected, WebSocketOptions
from tests.websocket.scripted import ScriptedServer, app_with, settle
from tests.websocket.sockets import opened

CONNECT = 1
"""The call of the server's receive() that gave `websocket.connect`."""


async def _look_at_ready(ws: WebSocket) -> None:
    assert ws.ready


async def _look_at_closed(ws: WebSocket) -> None:
    assert not ws.closed


async def _send_twice(ws: WebSocket) -> None:
    await ws.send_text("1")
    await ws.send_text("2")


async def _use_the_task_group(ws: WebSocket) -> None:
    ws.task_group.start_soon(checkpoint)


STARTS = [_look_at_ready, _look_at_closed, _send_twice, _use_the_task_group]


def test_the_default_is_a_queue_of_four() -> None:
    assert WebSocketOptions().max_receive_queue == 4
    assert App().ws_options.max_receive_queue == 4


def test_a_negative_size_is_refused_at_once() -> None:
    app = App()
    with pytest.raises(ValueError, match=r"max_receive_queue.*-1"):
        app.ws_options.max_receive_queue = -1
    with pytest.raises(ValueError, match=r"max_receive_queue.*-1"):
        WebSocketOptions(max_receive_queue=-1)
    assert app.ws_options.max_receive_queue == 4


async def test_the_size_is_read_when_the_connection_begins() -> None:
    async def responder(req: Request, ws: WebSocket) -> None:
        app.ws_options.max_receive_queue = 1
        await ws.accept()
        assert ws.ready
        await settle()
        noted.append(server.receives - CONNECT)

    noted: list[int] = []
    app = app_with(responder, max_receive_queue=3)
    for _ in range(2):
        async with ScriptedServer(app, connect=False) as server:
            server.push("websocket.connect")
            for number in range(9):
                server.push_text(str(number))
    assert noted == [3 + 1, 1 + 1]


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("size", [1, 2, 4])
async def test_a_full_queue_holds_the_server_back(
    size: int, start: Callable[[WebSocket], Awaitable[None]]
) -> None:
    async with opened(max_receive_queue=size) as (server, ws):
        for number in range(size + 5):
            server.push_text(str(number))
        await start(ws)
        await settle()
        assert server.receives == CONNECT + size + 1
        for taken in range(1, 5):
            assert await ws.receive_text() == str(taken - 1)
            await ws.send_text("away for a while")
            await ws.send_text("away for a while")
            await settle()
            assert server.receives == CONNECT + size + 1 + taken


async def test_nothing_is_asked_of_the_server_before_anything_is_wanted() -> None:
    async with opened() as (server, ws):
        server.push_text("later")
        await ws.send_text("one answer is no reason to read")
        await settle()
        assert server.receives == CONNECT


@pytest.mark.parametrize("size", [0, 1, 4])
@pytest.mark.parametrize("ahead", [False, True], ids=["as they come", "read ahead"])
async def test_messages_come_first_in_first_out_and_before_the_disconnect(
    size: int, ahead: bool
) -> None:
    async with opened(max_receive_queue=size) as (server, ws):
        expected = [str(number) for number in range(9)]
        for text in expected:
            server.push_text(text)
        server.push_disconnect(4002)
        if ahead:
            assert ws.ready
            await settle()
        got = []
        with pytest.raises(WebSocketDisconnected) as raised:
            while True:
                got.append(await ws.receive_text())
        assert got == expected
        assert raised.value.code == 4002
        await settle()
        assert server.receives == CONNECT + 9 + 1
    assert server.receives == CONNECT + 9 + 1


async def test_queued_messages_are_delivered_whatever_is_sent_meanwhile() -> None:
    async with opened() as (server, ws):
        for number in range(3):
            server.push_text(str(number))
        server.push_disconnect(4003)
        assert ws.ready
        await settle()
        assert ws.closed
        got = []
        for _ in range(3):
            with pytest.raises(WebSocketDisconnected):
                await ws.send_text("lost")
            got.append(await ws.receive_text())
        assert got == ["0", "1", "2"]
        with pytest.raises(WebSocketDisconnected):
            await ws.receive_text()
    assert server.kinds() == ["accept"]


@pytest.mark.parametrize("ahead", [False, True], ids=["never read", "read ahead"])
async def test_unread_messages_are_dropped_when_the_responder_returns(ahead: bool) -> None:
    async with opened(max_receive_queue=2) as (server, ws):
        for number in range(9):
            server.push_text(str(number))
        if ahead:
            assert ws.ready
            await settle()
        asked = server.receives
    assert server.kinds() == ["accept", "close"]
    assert server.close_event["code"] == 1000
    assert server.receives == asked


@pytest.mark.parametrize("size", [0, 1, 4])
@pytest.mark.parametrize("ahead", [False, True], ids=["read by the call", "read ahead"])
async def test_better_an_error_of_the_servers_receive_is_a_disconnect_1006_chained_to_it(
    size: int, ahead: bool, caplog: pytest.LogCaptureFixture
) -> None:
    failure = RuntimeError("the server's own fault")

    async def fail() -> None:
        raise failure

    async with opened(max_receive_queue=size) as (server, ws):
        server.on_receive = fail
        if ahead:
            assert ws.ready
            await settle()
        for _ in range(2):
            with pytest.raises(WebSocketDisconnected) as raised:
                await ws.receive_text()
            assert raised.value.code == 1006
            assert raised.value.__cause__ is failure
        with pytest.raises(WebSocketDisconnected) as raised:
            await ws.send_text("no")
        assert raised.value.code == 1006
        assert server.receives == CONNECT + 1
        await ws.close()
        assert (ws.ready, ws.closed, ws.close_code) == (False, True, 1006)
    assert server.texts() == []
    [record] = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert record.exc_info is not None
    assert record.exc_info[1] is failure


@pytest.mark.parametrize("size", [0, 4])
async def test_a_failing_receive_ends_the_wait_of_another_task(size: int) -> None:
    broken = Event()
    codes: list[int] = []

    async def fail() -> None:
        await broken.wait()
        raise OSError("reset")

    async def receive() -> None:
        with pytest.raises(WebSocketDisconnected) as raised:
            await ws.receive_text()
        codes.append(raised.value.code)

    async with opened(max_receive_queue=size) as (server, ws), create_task_group() as group:
        server.on_receive = fail
        assert ws.ready
        await settle()
        group.start_soon(receive)
        await settle()
        assert codes == []
        broken.set()
        await settle()
        assert codes == [1006]
