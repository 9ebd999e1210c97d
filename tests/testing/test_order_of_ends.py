"""What was sent before an end, and what is sent after it, on both sides."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio
import pytest

from anyws.errors.websocket import WebSocketDisconnected
from anyws.testing import ASGIConductor, wait_all_tasks_blocked
from anyws.testing.link import CAPACITY
from tests.testing import apps

if TYPE_CHECKING:
    from anyws._asgi.types import Event, Receive, Scope, Send


async def test_what_the_application_sent_before_its_close_reaches_the_client() -> None:
    async def say_and_close(scope: Scope, receive: Receive, send: Send) -> None:
        for number in range(100):
            await send({"type": "websocket.send", "text": str(number)})
        await send({"type": "websocket.close", "code": 4000})

    async with (
        ASGIConductor(apps.accepting(say_and_close)) as conductor,
        conductor.simulate_ws() as ws,
    ):
        await wait_all_tasks_blocked()
        assert ws.closed
        assert [await ws.receive_text() for _ in range(100)] == list(map(str, range(100)))
        with pytest.raises(WebSocketDisconnected) as caught:
            await ws.receive_text()
        assert caught.value.code == 4000


@pytest.mark.parametrize(("gentle", "code"), [(True, 1000), (False, 1006)])
async def test_what_the_client_sent_before_it_left_reaches_the_application(
    gentle: bool, code: int
) -> None:
    heard: list[object] = []

    async def listen(scope: Scope, receive: Receive, send: Send) -> None:
        await wait_all_tasks_blocked()
        while (event := await receive())["type"] == "websocket.receive":
            heard.append(event["text"])
        heard.append(event["code"])

    async with ASGIConductor(apps.accepting(listen)) as conductor, conductor.simulate_ws() as ws:
        for number in range(100):
            await ws.send_text(str(number))
        if gentle:
            await ws.close()
        else:
            ws.drop()
    assert heard == [*map(str, range(100)), code]


async def test_what_the_application_sent_before_the_client_left_can_still_be_received() -> None:
    async def say(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "websocket.send", "text": "said"})
        await apps.until_left(scope, receive, send)

    async with ASGIConductor(apps.accepting(say)) as conductor, conductor.simulate_ws() as ws:
        await wait_all_tasks_blocked()
        ws.drop()
        assert await ws.receive_text() == "said"
        with pytest.raises(WebSocketDisconnected):
            await ws.receive_text()


async def test_after_its_own_close_the_application_reads_what_came_and_then_its_own_code() -> None:
    heard: list[Event] = []
    sent = anyio.Event()

    async def close_and_read(scope: Scope, receive: Receive, send: Send) -> None:
        await sent.wait()
        await send({"type": "websocket.close", "code": 4000, "reason": "enough"})
        heard.extend([await receive(), await receive()])

    async with (
        ASGIConductor(apps.accepting(close_and_read)) as conductor,
        conductor.simulate_ws() as ws,
    ):
        await ws.send_text("before")
        sent.set()
        with pytest.raises(WebSocketDisconnected):
            await ws.receive_text()
    assert heard[0]["text"] == "before"
    assert heard[1] == {"type": "websocket.disconnect", "code": 4000, "reason": "enough"}


async def test_a_receive_that_waits_ends_when_another_task_of_the_application_closes() -> None:
    told: list[Event] = []

    async def close(scope: Scope, receive: Receive, send: Send) -> None:
        async def read() -> None:
            told.append(await receive())

        async with anyio.create_task_group() as group:
            group.start_soon(read)
            await wait_all_tasks_blocked()
            await send({"type": "websocket.close", "code": 4000})

    async with ASGIConductor(apps.accepting(close)) as conductor, conductor.simulate_ws() as ws:
        with pytest.raises(WebSocketDisconnected):
            await ws.receive_text()
    assert told == [{"type": "websocket.disconnect", "code": 4000}]


@pytest.mark.parametrize("event", ["send", "close"])
@pytest.mark.parametrize("spec_version", ["2.4", "2.10"])
async def test_a_send_after_the_client_has_left_raises_oserror_from_2_4_on(
    spec_version: str, event: str
) -> None:
    async def send_late(scope: Scope, receive: Receive, send: Send) -> None:
        await apps.until_left(scope, receive, send)
        await send(LATE[event])

    async with ASGIConductor(apps.accepting(send_late)) as conductor:
        with pytest.raises(OSError, match="has left the WebSocket, with code 4001"):
            async with conductor.simulate_ws(spec_version=spec_version) as ws:
                await ws.close(4001)


LATE: dict[str, Event] = {
    "send": {"type": "websocket.send", "text": "late"},
    "close": {"type": "websocket.close"},
}


@pytest.mark.parametrize("event", ["send", "close"])
@pytest.mark.parametrize("spec_version", [None, "2.0", "2.3"])
async def test_a_send_after_the_client_has_left_vanishes_before_2_4(
    spec_version: str | None, event: str
) -> None:
    async def send_late(scope: Scope, receive: Receive, send: Send) -> None:
        await apps.until_left(scope, receive, send)
        await send(LATE[event])

    async with (
        ASGIConductor(apps.accepting(send_late)) as conductor,
        conductor.simulate_ws(spec_version=spec_version) as ws,
    ):
        await ws.close(4001)
        with pytest.raises(WebSocketDisconnected):
            await ws.receive_text()
    assert ws.close_code == 4001


async def test_a_cancelled_receive_of_the_application_keeps_its_event() -> None:
    async def receive_thrice(scope: Scope, receive: Receive, send: Send) -> None:
        async def receive_once() -> None:
            await receive()

        async with anyio.create_task_group() as group:
            group.start_soon(receive_once)
            await wait_all_tasks_blocked()
            group.cancel_scope.cancel()
        await send({"type": "websocket.send", "text": "now"})
        await wait_all_tasks_blocked()
        with anyio.CancelScope() as cancelled:
            cancelled.cancel()
            await receive()
        assert cancelled.cancelled_caught
        event = await receive()
        await send({"type": "websocket.send", "text": event["text"]})

    async with (
        ASGIConductor(apps.accepting(receive_thrice)) as conductor,
        conductor.simulate_ws() as ws,
    ):
        assert await ws.receive_text() == "now"
        await ws.send_text("kept")
        assert await ws.receive_text() == "kept"


async def test_a_send_of_the_application_suspends_only_when_the_buffer_is_full() -> None:
    sent = 0

    async def flood(scope: Scope, receive: Receive, send: Send) -> None:
        nonlocal sent
        for number in range(CAPACITY + 2):
            await send({"type": "websocket.send", "text": str(number)})
            sent += 1

    async with ASGIConductor(apps.accepting(flood)) as conductor, conductor.simulate_ws() as ws:
        await wait_all_tasks_blocked()
        assert sent == CAPACITY
        assert await ws.receive_text() == "0"
        await wait_all_tasks_blocked()
        assert sent == CAPACITY + 1


async def test_a_send_does_not_wait_for_anything_while_there_is_room() -> None:
    async def send_in_a_cancelled_scope(scope: Scope, receive: Receive, send: Send) -> None:
        with anyio.CancelScope() as cancelled:
            cancelled.cancel()
            await send({"type": "websocket.send", "text": "whole"})
        await apps.until_left(scope, receive, send)

    async with (
        ASGIConductor(apps.accepting(send_in_a_cancelled_scope)) as conductor,
        conductor.simulate_ws() as ws,
    ):
        assert await ws.receive_text() == "whole"


async def test_a_send_that_is_stuck_is_let_go_when_the_client_leaves() -> None:
    async def flood(scope: Scope, receive: Receive, send: Send) -> None:
        for _ in range(CAPACITY + 1):
            await send({"type": "websocket.send", "text": "x"})
        await apps.until_left(scope, receive, send)

    async with ASGIConductor(apps.accepting(flood)) as conductor, conductor.simulate_ws() as ws:
        await wait_all_tasks_blocked()
        ws.drop()


async def test_a_client_that_sends_more_than_is_taken_waits() -> None:
    may_read = anyio.Event()
    sent = anyio.Event()

    async def read_late(scope: Scope, receive: Receive, send: Send) -> None:
        await may_read.wait()
        await apps.until_left(scope, receive, send)

    async with (
        ASGIConductor(apps.accepting(read_late)) as conductor,
        conductor.simulate_ws() as ws,
    ):

        async def send_one_more() -> None:
            await ws.send_text("one too many")
            sent.set()

        for _ in range(CAPACITY):
            await ws.send_text("x")
        async with anyio.create_task_group() as group:
            group.start_soon(send_one_more)
            await wait_all_tasks_blocked()
            assert not sent.is_set()
            may_read.set()
    assert sent.is_set()
