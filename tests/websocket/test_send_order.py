"""Sends of several tasks, and of other connections' tasks: one at a time, in call order."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

import anyio
import pytest
from anyio import create_task_group

from anyws import WebSocket, WebSocketDisconnected
from tests.websocket.scripted import Event, settle
from tests.websocket.sockets import opened, pass_turns
from tests.websocket.waiting import Gate, Habits, served

HABITS = pytest.mark.parametrize(
    "habits",
    [
        pytest.param(Habits(), id="never waits"),
        pytest.param(Habits(before_work=1), id="waits, then writes"),
        pytest.param(Habits(after_write=2), id="writes, then waits"),
        pytest.param(Habits(before_work=1, half_way=3, after_write=1), id="waits everywhere"),
    ],
)


class Errors:
    """Calls in tasks of their own, and the errors that they ended with."""

    def __init__(self) -> None:
        self.found: list[Exception] = []
        self.returned = 0

    async def call(self, function: Callable[..., Coroutine[Any, Any, None]], *args: Any) -> None:
        try:
            await function(*args)
        except Exception as error:
            self.found.append(error)
        else:
            self.returned += 1

    def codes(self) -> list[int]:
        codes = []
        for error in self.found:
            assert isinstance(error, WebSocketDisconnected)
            codes.append(error.code)
        return codes


@HABITS
async def test_better_sends_of_several_tasks_go_out_one_after_the_other_in_call_order(
    habits: Habits,
) -> None:
    called: list[str] = []

    async def send_some(ws: WebSocket, name: str) -> None:
        for number in range(10):
            text = f"{name}{number}"
            called.append(text)
            await ws.send_text(text)
            await pass_turns(number % 3)

    async with served(habits) as server:
        async with create_task_group() as group:
            for name in "abcde":
                group.start_soon(send_some, server.ws, name)
        assert server.texts() == called
        assert len(called) == 50
        assert not server.broken


@pytest.mark.parametrize("later", range(8))
async def test_better_a_call_that_comes_when_the_turn_is_handed_on_overtakes_nobody(
    later: int,
) -> None:
    async with opened() as (server, ws), create_task_group() as group:
        server.on_send = gate = Gate()
        group.start_soon(ws.send_text, "first")
        await settle()
        group.start_soon(ws.send_text, "second")
        await settle()
        gate.open()
        await pass_turns(later)
        await ws.send_text("third")
        assert server.texts() == ["first", "second", "third"]


async def test_a_close_goes_out_after_the_sends_that_were_called_before_it() -> None:
    errors = Errors()
    async with opened() as (server, ws), create_task_group() as group:
        server.on_send = gate = Gate()
        group.start_soon(errors.call, ws.send_text, "first")
        await settle()
        group.start_soon(errors.call, ws.send_text, "second")
        await settle()
        group.start_soon(errors.call, ws.close, 4000)
        await settle()
        group.start_soon(errors.call, ws.send_text, "too late")
        await settle()
        assert server.kinds() == ["accept"]
        gate.open()
    assert server.kinds() == ["accept", "send", "send", "close"]
    assert server.texts() == ["first", "second"]
    assert (errors.returned, errors.codes()) == (3, [4000])


async def test_a_send_that_fails_lets_the_next_one_go() -> None:
    errors = Errors()
    failed = anyio.Event()

    async def fail(event: Event) -> None:
        if event.get("text") == "first":
            await failed.wait()
            raise RuntimeError("this one only")

    async with opened() as (server, ws), create_task_group() as group:
        server.on_send = fail
        group.start_soon(errors.call, ws.send_text, "first")
        await settle()
        group.start_soon(errors.call, ws.send_text, "second")
        await settle()
        failed.set()
    assert server.texts() == ["second"]
    assert [str(error) for error in errors.found] == ["this one only"]


async def test_sends_that_wait_for_their_turn_see_that_the_connection_is_gone() -> None:
    errors = Errors()
    failed = anyio.Event()

    async def fail(event: Event) -> None:
        await failed.wait()
        raise OSError("broken pipe")

    async with opened() as (server, ws), create_task_group() as group:
        server.on_send = fail
        for text in ("first", "second", "third"):
            group.start_soon(errors.call, ws.send_text, text)
            await settle()
        failed.set()
    assert errors.codes() == [1006, 1006, 1006]
    assert server.kinds() == ["accept"]


async def test_a_departure_is_seen_by_sends_that_wait_for_their_turn() -> None:
    errors = Errors()
    async with opened() as (server, ws), create_task_group() as group:
        assert ws.ready
        server.on_send = gate = Gate()
        for text in ("under way", "second", "third"):
            group.start_soon(errors.call, ws.send_text, text)
            await settle()
        server.push_disconnect(4001)
        await settle()
        assert ws.closed
        gate.open()
    assert errors.codes() == [4001, 4001]
    assert server.texts() == ["under way"]


EARLIER = pytest.mark.parametrize("earlier", [0, 3], ids=["at the first message", "later"])


class Stuck:
    """An `on_send` that takes some events at once, and gets stuck at the next."""

    def __init__(self, earlier: int) -> None:
        self.seen = 0
        self._earlier = earlier

    async def __call__(self, event: Event) -> None:
        self.seen += 1
        if self.seen > self._earlier:
            await anyio.sleep_forever()


@pytest.mark.anyws_clock("virtual")
async def test_better_a_send_of_another_connections_task_ends_after_close_timeout() -> None:
    errors = Errors()
    async with create_task_group() as group:
        async with opened(close_timeout=1) as (server, ws):
            server.on_send = Stuck(0)
            for text in ("under way", "waiting"):
                group.start_soon(errors.call, ws.send_text, text)
                await settle()
        assert anyio.current_time() == 1
        await settle()
        group.cancel_scope.cancel()
    assert errors.codes() == [1006, 1006]
    assert server.texts() == []


@pytest.mark.anyws_clock("virtual")
async def test_better_a_send_of_another_connections_task_ends_when_the_server_lets_go() -> None:
    errors = Errors()
    gate = Gate()

    async def stick_shielded(event: Event) -> None:
        with anyio.CancelScope(shield=True):
            await gate(event)

    async with create_task_group() as group:
        async with opened(close_timeout=1) as (server, ws):
            server.on_send = stick_shielded
            for text in ("under way", "waiting"):
                group.start_soon(errors.call, ws.send_text, text)
                await settle()
        assert anyio.current_time() == 1
        assert (errors.found, errors.returned) == ([], 0)
        gate.open()
    assert errors.codes() == [1006, 1006]


@pytest.mark.anyws_clock("virtual")
@EARLIER
async def test_a_stuck_send_of_a_child_holds_the_end_no_longer_than_close_timeout(
    earlier: int,
) -> None:
    errors = Errors()
    async with opened(close_timeout=1) as (server, ws):
        server.on_send = stuck = Stuck(earlier)
        for _ in range(earlier):
            await ws.send_text("taken at once")
        ws.task_group.start_soon(errors.call, ws.send_text, "stuck")
        await settle()
        assert stuck.seen == earlier + 1
    assert anyio.current_time() == 1
    assert server.texts() == ["taken at once"] * earlier
