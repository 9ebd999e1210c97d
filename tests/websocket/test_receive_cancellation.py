"""A receive that is cancelled loses no message, wherever the cancellation strikes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from functools import partial
from itertools import count
from typing import Any

import pytest
from anyio import create_task_group

from anyws import WebSocket, WebSocketDisconnected
from tests.conftest import BACKENDS
from tests.websocket.sockets import RACES, Race, cancel_at, cancel_in_race, pass_turns
from tests.websocket.waiting import Habits, WaitingServer, served

Receive = Callable[[WebSocket], Coroutine[Any, Any, str]]

TEXTS = [str(number) for number in range(7)]

QUEUES = pytest.mark.parametrize("queue", [0, 1, 4])
READ_AHEAD = pytest.mark.parametrize("ahead", [False, True], ids=["away", "read ahead"])
SERVERS = pytest.mark.parametrize(
    "habits",
    [
        pytest.param(Habits(), id="gives at once"),
        pytest.param(Habits(before_take=1), id="waits a turn"),
        pytest.param(Habits(before_take=3), id="waits three turns"),
    ],
)

ON_ASYNCIO = pytest.mark.parametrize("anyio_backend", BACKENDS[:2])


async def _receive(ws: WebSocket) -> str:
    return await ws.receive_text()


async def _receive_media(ws: WebSocket) -> str:
    return str(await ws.receive_media())


async def _iterate(ws: WebSocket) -> str:
    return str(await anext(aiter(ws)))


RECEIVES = pytest.mark.parametrize("receive", [_receive, _receive_media, _iterate])


async def _rest(ws: WebSocket) -> list[str]:
    """Receive up to the end of the connection, which is to be a departure with 4000."""
    got = []
    with pytest.raises(WebSocketDisconnected) as raised:
        while True:
            got.append(await ws.receive_text())
    assert raised.value.code == 4000
    return got


def _push_all(server: WaitingServer) -> None:
    for text in TEXTS:
        server.push_text(text)
    server.push_disconnect(4000)


@QUEUES
@SERVERS
@READ_AHEAD
@RECEIVES
async def test_cancelled_at_any_of_its_suspensions_it_loses_nothing(
    receive: Receive, ahead: bool, habits: Habits, queue: int
) -> None:
    for suspension in count():
        async with served(habits, max_receive_queue=queue) as server:
            _push_all(server)
            if ahead:
                assert server.ws.ready
                await pass_turns(10)
            struck = await cancel_at(suspension, receive(server.ws))
            assert (struck.returned or []) + await _rest(server.ws) == TEXTS
        if struck.through:
            break
        assert struck.cancelled


@QUEUES
@SERVERS
async def test_every_receive_of_a_connection_may_be_cancelled(habits: Habits, queue: int) -> None:
    for suspension in range(8):
        async with served(habits, max_receive_queue=queue) as server:
            _push_all(server)
            got: list[str] = []
            for _ in TEXTS:
                struck = await cancel_at(suspension, server.ws.receive_text())
                got += struck.returned or []
            assert got + await _rest(server.ws) == TEXTS


@QUEUES
@SERVERS
@READ_AHEAD
async def test_a_message_that_comes_while_the_cancellation_strikes_is_not_lost(
    ahead: bool, habits: Habits, queue: int
) -> None:
    for race in RACES:
        async with served(habits, max_receive_queue=queue) as server:
            ws = server.ws
            assert not ahead or ws.ready
            await pass_turns(5)
            got: list[str] = []
            for text in TEXTS[:3]:
                push = partial(server.push_text, text)
                struck = await cancel_in_race(ws.receive_text(), push, race)
                got += struck.returned or []
            server.push_disconnect(4000)
            assert got + await _rest(ws) == TEXTS[:3], race


async def _cancel_task_in_race(
    call: Coroutine[Any, Any, str], deed: Callable[[], object], race: Race
) -> list[str]:
    """Cancel a call as `asyncio.wait_for()` does, by cancelling a task that runs it."""
    async with create_task_group() as group:
        task = asyncio.ensure_future(call)
        race.start(group, task.cancel, deed)
    [result] = await asyncio.gather(task, return_exceptions=True)
    return [result] if isinstance(result, str) else []


@QUEUES
@SERVERS
@READ_AHEAD
@ON_ASYNCIO
async def test_a_message_that_comes_while_asyncio_cancels_the_task_is_not_lost(
    ahead: bool, habits: Habits, queue: int
) -> None:
    for race in RACES:
        async with served(habits, max_receive_queue=queue) as server:
            ws = server.ws
            assert not ahead or ws.ready
            await pass_turns(5)
            got: list[str] = []
            for text in TEXTS[:3]:
                push = partial(server.push_text, text)
                got += await _cancel_task_in_race(ws.receive_text(), push, race)
            server.push_disconnect(4000)
            assert got + await _rest(ws) == TEXTS[:3], race


async def _see_the_end(ws: WebSocket) -> None:
    with pytest.raises(WebSocketDisconnected):
        await ws.receive_text()


@QUEUES
@SERVERS
async def test_a_departure_that_comes_while_the_cancellation_strikes_is_not_lost(
    habits: Habits, queue: int
) -> None:
    for race in RACES:
        async with served(habits, max_receive_queue=queue) as server:
            leave = partial(server.push_disconnect, 4000)
            await cancel_in_race(_see_the_end(server.ws), leave, race)
            assert await _rest(server.ws) == [], race
            asked = server.receives
            assert await _rest(server.ws) == []
            assert server.receives == asked


@pytest.mark.parametrize("queue", [1, 4])
@pytest.mark.parametrize("turns", [1, 2])
async def test_after_the_first_cancelled_receive_nothing_is_lost_whatever_the_server_does(
    turns: int, queue: int
) -> None:
    for suspension in range(6):
        async with served(Habits(after_take=turns), max_receive_queue=queue) as server:
            _push_all(server)
            got: list[str] = []
            for _ in TEXTS:
                struck = await cancel_at(suspension, server.ws.receive_text())
                got += struck.returned or []
            got += await _rest(server.ws)
            assert got in (TEXTS, TEXTS[1:])
