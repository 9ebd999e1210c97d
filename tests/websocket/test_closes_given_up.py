"""A close that has to wait behind a stuck send: it is given up, and all who wait see the end."""

from __future__ import annotations

import anyio
import pytest
from anyio import current_time, fail_after, sleep

from anyws import Request, WebSocket, WebSocketDisconnected
from tests.websocket.held import HeldSocket, Suspended
from tests.websocket.scripted import Event, ScriptedServer, app_with, settle

pytestmark = pytest.mark.anyws_clock("virtual")


class Ends:
    """Calls that end with the connection: when each did, and with which code."""

    def __init__(self) -> None:
        self.found: list[tuple[float, int]] = []

    async def send(self, ws: WebSocket) -> None:
        """Send what gets stuck."""
        with pytest.raises(WebSocketDisconnected) as raised:
            await ws.send_text("stuck")
        self._note(raised.value)

    async def receive(self, ws: WebSocket) -> None:
        """Wait for a message that does not come."""
        with fail_after(20), pytest.raises(WebSocketDisconnected) as raised:
            await ws.receive_text()
        self._note(raised.value)

    def _note(self, error: WebSocketDisconnected) -> None:
        self.found.append((current_time(), error.code))


async def test_a_receive_of_another_task_ends_with_the_close_that_is_given_up() -> None:
    ends = Ends()
    async with HeldSocket(options={"close_timeout": 2}) as server:
        ws = server.ws
        assert ws.task_group is not None  # and so it is the pump that reads
        async with Suspended(server, "send") as gate, anyio.create_task_group() as group:
            group.start_soon(ends.receive, ws)
            group.start_soon(ends.send, ws)
            await gate.entered.wait()
            began = current_time()
            await ws.close(4000)
            assert ws.closed
            await settle()
        assert ends.found == [(began + 2, 1006)] * 2
    assert server.kinds() == ["accept"]


async def test_a_receive_of_the_responder_ends_with_the_close_that_is_given_up() -> None:
    ends = Ends()
    went_on = False

    async def respond(req: Request, ws: WebSocket) -> None:
        nonlocal went_on
        await ws.accept()
        ws.task_group.start_soon(disturb, ws)
        await ends.receive(ws)
        await anyio.lowlevel.checkpoint()
        went_on = True

    async def disturb(ws: WebSocket) -> None:
        async with anyio.create_task_group() as group:
            group.start_soon(ends.send, ws)
            await gate.entered.wait()
            await ws.close(4000)

    server = ScriptedServer(app_with(respond, close_timeout=2))
    gate = Suspended(server, "send")
    server.on_send = gate
    async with server:
        pass
    assert went_on
    assert [code for _, code in ends.found] == [1006, 1006]
    assert server.kinds() == ["accept"]


async def test_a_receive_that_comes_after_a_close_was_given_up_ends_at_once() -> None:
    ends = Ends()
    async with HeldSocket(options={"close_timeout": 2}) as server:
        ws = server.ws
        async with Suspended(server, "send") as gate, anyio.create_task_group() as group:
            group.start_soon(ends.send, ws)
            await gate.entered.wait()
            await ws.close(4000)
            began = current_time()
            await ends.receive(ws)
        assert ends.found[-1] == (began, 1006)


async def test_a_second_close_whose_patience_ends_leaves_the_first_one_be() -> None:
    gates = {"websocket.send": anyio.Event(), "websocket.close": anyio.Event()}

    async def on_send(event: Event) -> None:
        await gates[event["type"]].wait()

    async with HeldSocket(options={"close_timeout": 4}) as server:
        ws = server.ws
        server.on_send = on_send
        async with anyio.create_task_group() as group:
            group.start_soon(ws.send_text, "slow")
            await settle()
            group.start_soon(ws.close, 4001)
            await settle()
            group.start_soon(ws.close, 4002)
            await settle()
            await sleep(2)
            gates["websocket.send"].set()
            # The first has 4 seconds of its own from here on, the second has waited for 5 then.
            await sleep(3)
            gates["websocket.close"].set()
        assert ws.close_code == 4001
    assert server.kinds() == ["accept", "send", "close"]
    assert server.close_event["code"] == 4001


async def test_an_idle_client_whose_send_is_stuck_is_lost_after_close_timeout() -> None:
    ends = Ends()
    options = {"idle_timeout": 10, "close_timeout": 5, "send_timeout": 1000}
    async with HeldSocket(options=options) as server:
        began = current_time()
        async with Suspended(server, "send") as gate, anyio.create_task_group() as group:
            group.start_soon(ends.send, server.ws)
            await gate.entered.wait()
            await sleep(30)
            [(ended, _)] = ends.found
            assert 15 <= ended - began < 16
            assert server.ws.closed
    assert server.kinds() == ["accept"]
