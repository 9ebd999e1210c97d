"""The server without a network, and the clock that it holds against applications."""

from __future__ import annotations

import anyio
import pytest
from anyio.lowlevel import checkpoint

from anyws._asgi.types import Event, Receive, Scope, Send
from benchmarks._websockets.conversations import BRIEF, ECHO, TEXT, Exchange
from benchmarks._websockets.server import Conversation, Crowd, start, time_connections

MESSAGE: Event = {"type": "websocket.receive", "text": TEXT}
READY = Exchange("", ECHO, MESSAGE)
LATE = Exchange("", ECHO, MESSAGE, late=True)


class Reading:
    """An application that reads ahead: it counts the messages that are not answered yet."""

    def __init__(self) -> None:
        self.pending = 0
        self.most = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        async with anyio.create_task_group() as group:
            while (await receive())["type"] == "websocket.receive":
                self.pending += 1
                self.most = max(self.most, self.pending)
                group.start_soon(self.answer, send)

    async def answer(self, send: Send) -> None:
        await checkpoint()
        self.pending -= 1
        await send({"type": "websocket.send", "text": TEXT})


@pytest.mark.parametrize(("exchange", "most"), [(READY, 5), (LATE, 1)])
async def test_a_late_message_comes_after_the_answer_to_the_one_before(
    exchange: Exchange, most: int
) -> None:
    app = Reading()
    conversation = Conversation(app, exchange)
    async with anyio.create_task_group() as group:
        await conversation.begin(group)
        await conversation.exchange(5)
        conversation.leave()
    assert app.most == most


@pytest.mark.parametrize(("exchange", "waits"), [(READY, False), (LATE, True)])
async def test_a_late_message_comes_a_turn_after_it_is_asked_for(
    exchange: Exchange, waits: bool
) -> None:
    turns, waited = 0, []

    async def tick() -> None:
        nonlocal turns
        while True:
            turns += 1
            await checkpoint()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        await receive()
        for _ in range(20):
            await send({"type": "websocket.send", "text": TEXT})
            before = turns
            await receive()
            waited.append(turns > before)

    conversation = Conversation(app, exchange)
    async with anyio.create_task_group() as group:
        group.start_soon(tick)
        await conversation.begin(group)
        await conversation.exchange(20)
        group.cancel_scope.cancel()
    # Trio runs the tasks of a turn in any order.
    assert any(waited[:19]) is waits


async def test_messages_without_answers_are_over_when_more_is_asked_for() -> None:
    taken = 0

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        nonlocal taken
        await receive()
        await send({"type": "websocket.accept"})
        while (await receive())["type"] == "websocket.receive":
            await checkpoint()
            taken += 1

    conversation = Conversation(app, Exchange("", ECHO, MESSAGE, answers=0))
    async with anyio.create_task_group() as group:
        await conversation.begin(group)
        await conversation.exchange(5)
        assert taken == 5
        conversation.leave()


async def test_a_crowd_stays_until_it_leaves() -> None:
    inside = 0

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        nonlocal inside
        inside += 1
        await receive()
        await send({"type": "websocket.accept"})
        await receive()
        inside -= 1

    crowd = Crowd(app, ECHO)
    async with anyio.create_task_group() as group:
        await crowd.gather(20, group)
        await anyio.wait_all_tasks_blocked()
        assert inside == 20
        crowd.leave()
    assert inside == 0


async def test_a_short_connection_ends_with_the_departure_of_its_client() -> None:
    seen: list[str] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append((await receive())["type"])
        await send({"type": "websocket.accept"})
        seen.append((await receive())["type"])

    assert await time_connections(app, BRIEF, "websocket.accept", 10) > 0
    # One more came before the clock was started.
    assert seen == ["websocket.connect", "websocket.disconnect"] * 11


async def test_an_application_that_cannot_start_is_no_figure() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "lifespan.startup.failed", "message": "no database"})

    with pytest.raises(ExceptionGroup) as failure:
        async with anyio.create_task_group() as group:
            await start(app, group, anyio.Event())
    assert failure.group_contains(RuntimeError, match="no database")
