"""The chat in one process."""

from __future__ import annotations

import gc
from types import ModuleType

import pytest
from anyio import fail_after

from anyws import WebSocketDisconnected
from anyws.testing import ASGIConductor, ASGIWebSocketSimulator, wait_all_tasks_blocked


async def hear(ws: ASGIWebSocketSimulator, *expected: str) -> None:
    with fail_after(5):
        assert [await ws.receive_text() for _ in expected] == list(expected)


async def test_what_a_member_says_reaches_all_of_its_room(example: ModuleType) -> None:
    async with (
        ASGIConductor(example.app) as conductor,
        conductor.simulate_ws("/rooms/tea?name=bob") as bob,
        conductor.simulate_ws("/rooms/tea?name=eve") as eve,
        conductor.simulate_ws("/rooms/other") as other,
    ):
        await hear(bob, "bob is here", "eve is here")
        await hear(eve, "eve is here")
        await bob.send_text("hi")
        for member in (bob, eve):
            await hear(member, "bob: hi")
        await hear(other, "somebody is here")


@pytest.mark.parametrize("farewell", ["close", "drop"])
async def test_the_others_are_told_when_a_member_leaves(
    farewell: str, example: ModuleType
) -> None:
    async with (
        ASGIConductor(example.app) as conductor,
        conductor.simulate_ws("/rooms/tea?name=bob") as bob,
    ):
        async with conductor.simulate_ws("/rooms/tea?name=eve") as eve:
            await hear(eve, "eve is here")
            if farewell == "drop":
                eve.drop()
        await hear(bob, "bob is here", "eve is here", "eve has left")
        await bob.send_text("bye")
        await hear(bob, "bob: bye")


async def test_a_slow_member_is_sent_away_and_the_others_notice_nothing(
    example: ModuleType,
) -> None:
    count = example.OUTBOX + 10
    async with (
        ASGIConductor(example.app) as conductor,
        conductor.simulate_ws("/rooms/tea?name=bob") as bob,
        conductor.simulate_ws("/rooms/tea?name=eve") as eve,
    ):
        await hear(bob, "bob is here", "eve is here")
        await wait_all_tasks_blocked()
        eve.stall()
        for number in range(count):
            await bob.send_text(str(number))
            await hear(bob, f"bob: {number}")
        eve.resume()
        with fail_after(5), pytest.raises(WebSocketDisconnected) as ended:
            heard = []
            while True:
                heard.append(await eve.receive_text())
        await hear(bob, "eve has left")
    assert (ended.value.code, ended.value.reason) == (4008, "you read too slowly")
    # All that fitted, in order: one was under way, and the outbox is full.
    assert heard == ["eve is here", *(f"bob: {n}" for n in range(example.OUTBOX + 1))]


async def test_a_room_that_everybody_has_left_is_forgotten(example: ModuleType) -> None:
    rooms = example.Rooms()
    app = example.App()
    app.add_route("/{name}", rooms)
    async with ASGIConductor(app) as conductor:
        async with conductor.simulate_ws("/tea") as ws:
            await hear(ws, "somebody is here")
            assert list(rooms.rooms) == ["tea"]
        gc.collect()
        assert list(rooms.rooms) == []
