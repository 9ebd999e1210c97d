"""The order in which what is under way at the same time arrives, as a seed decides it."""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

import anyio
import pytest
from anyio.lowlevel import checkpoint

from anyws.testing import ASGIConductor, IllegalEvent, wait_all_tasks_blocked
from anyws.testing.shuffling import Shuffler
from tests.testing import apps

if TYPE_CHECKING:
    from anyws._asgi.types import Receive, Scope, Send
    from anyws.testing import ASGIWebSocketSimulator

CLIENTS = 5
SEEDS = range(8)


class Room:
    """An application that tells everybody what anybody says, in an order that it notes."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self._members: list[Send] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            return
        await apps.accept(receive, send)
        self._members.append(send)
        while (event := await receive())["type"] == "websocket.receive":
            self.said.append(event["text"])
            for member in self._members:
                await member({"type": "websocket.send", "text": event["text"]})


async def run(seed: int | None) -> tuple[list[str], list[list[str]]]:
    """Have several clients speak at once; give what was said and what each of them heard."""
    room = Room()
    heard: list[list[str]] = [[] for _ in range(CLIENTS)]
    async with ASGIConductor(room, seed=seed) as conductor, AsyncExitStack() as stack:
        clients = [
            await stack.enter_async_context(conductor.simulate_ws()) for _ in range(CLIENTS)
        ]

        async def speak(number: int) -> None:
            await clients[number].send_text(f"{number} a")
            await clients[number].send_text(f"{number} b")
            for _ in range(2 * CLIENTS):
                heard[number].append(await clients[number].receive_text())

        async with anyio.create_task_group() as group:
            for number in range(CLIENTS):
                group.start_soon(speak, number)
    return room.said, heard


@pytest.mark.parametrize("seed", SEEDS)
async def test_the_same_seed_gives_the_same_run(seed: int) -> None:
    first = await run(seed)
    for _ in range(5):
        assert await run(seed) == first


async def test_other_seeds_give_other_runs() -> None:
    runs = [(await run(seed))[0] for seed in SEEDS]
    assert len({tuple(said) for said in runs}) > len(SEEDS) / 2


async def test_what_arrives_arrives_in_turns_of_its_own() -> None:
    log: list[str] = []

    class Box:
        def deliver(self) -> None:
            log.append("arrival")

    async def take_turns() -> None:
        for _ in range(10):
            log.append("turn")
            await checkpoint()

    shuffler = Shuffler(1)
    async with anyio.create_task_group() as group:
        group.start_soon(shuffler.run)
        await wait_all_tasks_blocked()
        for _ in range(3):
            shuffler.post(Box())
        group.start_soon(take_turns)
        await wait_all_tasks_blocked()
        group.cancel_scope.cancel()
    arrivals = [number for number, what in enumerate(log) if what == "arrival"]
    assert len(arrivals) == 3
    # Trio may run the two tasks in either order in each turn.
    assert arrivals[-1] - arrivals[0] > 2


@pytest.mark.parametrize("seed", SEEDS)
async def test_whatever_the_seed_each_direction_of_a_connection_keeps_its_order(seed: int) -> None:
    said, heard = await run(seed)
    for number in range(CLIENTS):
        assert said.index(f"{number} a") < said.index(f"{number} b")
    for one in heard:
        assert sorted(one) == sorted(said)
        for number in range(CLIENTS):
            assert one.index(f"{number} a") < one.index(f"{number} b")


@pytest.mark.parametrize("seed", [None, 3])
async def test_an_end_comes_behind_what_was_sent_before_it(seed: int | None) -> None:
    heard: list[object] = []

    async def listen(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "websocket.send", "text": "first"})
        while (event := await receive())["type"] == "websocket.receive":
            heard.append(event["text"])
        heard.append(event["code"])

    async def speak(ws: ASGIWebSocketSimulator) -> None:
        assert await ws.receive_text() == "first"
        for number in range(3):
            await ws.send_text(str(number))
        await ws.close(4001)

    conductor = ASGIConductor(apps.accepting(listen), seed=seed)
    async with conductor, conductor.simulate_ws() as ws:
        await speak(ws)
    assert heard == ["0", "1", "2", 4001]


async def test_what_is_under_way_to_a_client_that_leaves_can_still_be_received() -> None:
    async def speak(scope: Scope, receive: Receive, send: Send) -> None:
        for number in range(3):
            await send({"type": "websocket.send", "text": str(number)})
        sent.set()
        await apps.until_left(scope, receive, send)

    sent = anyio.Event()
    conductor = ASGIConductor(apps.accepting(speak), seed=1)
    async with conductor, conductor.simulate_ws() as ws:
        await sent.wait()
        ws.drop()
        assert [message async for message in ws] == ["0", "1", "2"]


async def test_a_client_can_stall_and_go_on_while_deliveries_are_shuffled() -> None:
    async def speak(scope: Scope, receive: Receive, send: Send) -> None:
        for number in range(5):
            await receive()
            await send({"type": "websocket.send", "text": str(number)})
        await send({"type": "websocket.close", "code": 4000})

    conductor = ASGIConductor(apps.accepting(speak), seed=1)
    async with conductor, conductor.simulate_ws() as ws:
        ws.stall(room=3)
        for _ in range(5):
            await ws.send_text("next")
        await wait_all_tasks_blocked()
        assert not ws.closed
        ws.resume()
        assert [message async for message in ws] == list("01234")
        assert ws.close_code == 4000


async def test_responses_and_streams_are_shuffled_along() -> None:
    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200})
        for more in (True, True, False):
            await send({"type": "http.response.body", "body": b"x", "more_body": more})

    async with ASGIConductor(apps.app_of(answer), seed=1) as conductor:
        assert (await conductor.simulate_get()).content == b"xxx"
        async with conductor.simulate_get_stream("/") as result:
            assert await result.read() == b"xxx"


def notes_of(error: BaseException) -> list[str]:
    return getattr(error, "__notes__", [])


async def test_a_failing_test_tells_its_seed() -> None:
    with pytest.raises(AssertionError) as caught:
        async with ASGIConductor(apps.echo, seed=7):
            raise AssertionError("the room is empty")
    assert notes_of(caught.value) == ["ASGIConductor(…, seed=7) gives this run again"]


async def test_a_failure_of_the_application_tells_the_seed_too() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "lifespan.startup.failed", "message": "no database"})

    with pytest.raises(RuntimeError, match="no database") as refused:
        async with ASGIConductor(app, seed=7):
            pytest.fail("the body must not run")
    assert notes_of(refused.value)

    async def illegal(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await receive()
            await send({"type": "lifespan.startup.complete"})
            await send({"type": "lifespan.startup.complete"})

    with pytest.raises(IllegalEvent) as broken:
        async with ASGIConductor(illegal, seed=7):
            await wait_all_tasks_blocked()
    assert notes_of(broken.value)


async def test_without_a_seed_there_is_nothing_to_tell() -> None:
    with pytest.raises(AssertionError) as caught:
        async with ASGIConductor(apps.echo):
            raise AssertionError("the room is empty")
    assert notes_of(caught.value) == []


@pytest.mark.parametrize("anyio_backend", [pytest.param(("trio", {}), id="trio")])
async def test_trios_scheduler_is_as_it_was_after_the_conductor() -> None:
    from trio._core import _run

    before = _run._ALLOW_DETERMINISTIC_SCHEDULING
    async with ASGIConductor(apps.echo, seed=7):
        assert _run._ALLOW_DETERMINISTIC_SCHEDULING
    assert _run._ALLOW_DETERMINISTIC_SCHEDULING is before
