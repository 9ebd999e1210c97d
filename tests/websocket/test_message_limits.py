"""How large a message may be, and how many may come in a second."""

from __future__ import annotations

import logging

import pytest
from anyio import create_task_group

from anyws import Request, WebSocket, WebSocketDisconnected
from anyws.testing import wait_all_tasks_blocked
from tests.websocket.scripted import ScriptedServer, app_with
from tests.websocket.sockets import opened


@pytest.mark.parametrize(
    "event",
    [{"text": "abcd"}, {"text": "é€"}, {"bytes": b"abcd"}, {"text": "\N{PILE OF POO}a"}],
    ids=["ascii", "utf-8", "bytes", "beyond"],
)
async def test_better_a_message_counts_in_bytes_of_utf_8(event: dict[str, object]) -> None:
    size = len(event["text"].encode()) if "text" in event else 4  # type: ignore[attr-defined]  # str
    async with opened(max_message_size=size) as (server, ws):
        server.push("websocket.receive", **event)
        assert await anext(aiter(ws)) in event.values()
    async with opened(max_message_size=size - 1) as (server, ws):
        server.push("websocket.receive", **event)
        with pytest.raises(WebSocketDisconnected) as caught:
            await ws.receive_text()
        assert caught.value.code == 1009
        assert server.close_event["code"] == 1009


async def test_a_message_may_have_a_mebibyte_unless_it_is_said_otherwise() -> None:
    async with opened() as (server, ws):
        server.push_text("x" * 2**20)
        assert len(await ws.receive_text()) == 2**20
        server.push_text("x" * (2**20 + 1))
        with pytest.raises(WebSocketDisconnected):
            await ws.receive_text()
        assert server.close_event["code"] == 1009


async def test_no_limit_of_size_is_none() -> None:
    async with opened(max_message_size=None) as (server, ws):
        server.push_text("x" * (2**20 + 1))
        assert len(await ws.receive_text()) == 2**20 + 1


async def test_a_broken_limit_drops_what_is_queued_and_ends_waiting_and_later_calls(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO, "anyws")
    async with opened(max_message_size=4) as (server, ws):
        assert not ws.closed  # looked at, and so the framework reads ahead
        server.push_text("abc")
        server.push_text("abcde")
        await wait_all_tasks_blocked()
        assert ws.closed
        with pytest.raises(WebSocketDisconnected) as received:
            await ws.receive_text()
        with pytest.raises(WebSocketDisconnected) as sent:
            await ws.send_text("x")
    assert (received.value.code, sent.value.code, ws.close_code) == (1009, 1009, 1009)
    lines = [record for record in caplog.records if record.levelno >= logging.INFO]
    assert [record.levelname for record in lines] == ["INFO"]
    assert "a message of 5 bytes; max_message_size is 4" in lines[0].getMessage()


async def test_a_broken_limit_ends_a_receive_that_waits_in_another_task() -> None:
    codes: list[int] = []

    async def receive(ws: WebSocket) -> None:
        with pytest.raises(WebSocketDisconnected) as caught:
            await ws.receive_text()
        codes.append(caught.value.code)

    async with opened(max_message_size=4) as (server, ws), create_task_group() as group:
        assert ws.task_group is not None  # and so it is the pump that reads
        group.start_soon(receive, ws)
        await wait_all_tasks_blocked()
        server.push_text("abcde")
    assert codes == [1009]


async def test_a_broken_limit_does_not_cancel_the_responder() -> None:
    went_on = False

    async def respond(req: Request, ws: WebSocket) -> None:
        nonlocal went_on
        await ws.accept()
        with pytest.raises(WebSocketDisconnected):
            await ws.receive_text()
        await wait_all_tasks_blocked()
        went_on = True

    async with ScriptedServer(app_with(respond, max_message_size=4)) as server:
        server.push_text("abcde")
    assert went_on
    assert server.kinds() == ["accept", "close"]


async def test_more_messages_at_once_than_the_burst_are_closed_with_1008() -> None:
    async with opened(receive_rate=(0.001, 3)) as (server, ws):
        for text in "abcd":
            server.push_text(text)
        assert [await ws.receive_text() for _ in range(3)] == ["a", "b", "c"]
        with pytest.raises(WebSocketDisconnected) as caught:
            await ws.receive_text()
    assert caught.value.code == server.close_event["code"] == 1008


async def test_the_rate_counts_what_is_taken_from_the_server_and_not_what_is_received() -> None:
    async with opened(receive_rate=(0.001, 3), max_receive_queue=10) as (server, ws):
        assert not ws.closed
        for text in "abcd":
            server.push_text(text)
        await wait_all_tasks_blocked()
        assert ws.close_code == 1008


async def test_better_a_limit_holds_while_incoming_messages_are_discarded() -> None:
    async with opened(max_message_size=4) as (server, ws):
        ws.discard_incoming()
        server.push_text("abcd")
        await wait_all_tasks_blocked()
        assert not ws.closed
        server.push_text("abcde")
        await wait_all_tasks_blocked()
        assert server.close_event["code"] == 1009
