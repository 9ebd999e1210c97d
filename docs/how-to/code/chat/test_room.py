"""The chat room on a bad day."""

import pytest
import room

from anyws import App, WebSocketDisconnected
from anyws.testing import ASGIConductor, wait_all_tasks_blocked


@pytest.fixture
def app() -> App:
    return room.make_app()


async def test_a_stalled_member_holds_nobody_up(conductor: ASGIConductor) -> None:
    async with (
        conductor.simulate_ws("/room/ann") as ann,
        conductor.simulate_ws("/room/bob") as bob,
    ):
        ann.stall()
        assert await bob.receive_text(timeout=5) == "bob is here"
        for _ in range(100):
            await bob.send_text("hello")
            assert await bob.receive_text(timeout=5) == "bob: hello"
        ann.resume()
        await wait_all_tasks_blocked()
        assert 0 < ann.drain().count("bob: hello") <= room.BEHIND + 1


async def test_a_lost_member_is_missed(conductor: ASGIConductor) -> None:
    async with (
        conductor.simulate_ws("/room/ann") as ann,
        conductor.simulate_ws("/room/bob") as bob,
    ):
        ann.drop()
        assert await bob.receive_text(timeout=5) == "bob is here"
        assert await bob.receive_text(timeout=5) == "ann has left"


async def test_a_flood_is_stopped_and_the_others_stay(conductor: ASGIConductor) -> None:
    async with (
        conductor.simulate_ws("/room/ann") as ann,
        conductor.simulate_ws("/room/bob") as bob,
    ):
        assert await ann.flood(10_000) < 10_000
        assert ann.close_code == 1008
        async for text in bob:
            if text == "ann has left":
                break
        assert bob.ready


async def test_after_a_restart_everybody_can_come_again(conductor: ASGIConductor) -> None:
    async with (
        conductor.simulate_ws("/room/ann") as ann,
        conductor.simulate_ws("/room/bob") as bob,
    ):
        conductor.stop_server()
        for member in (ann, bob):
            with pytest.raises(WebSocketDisconnected) as ended:
                while True:
                    await member.receive_text()
            assert ended.value.code == 1001
    async with conductor.simulate_ws("/room/ann") as ann:
        assert await ann.receive_text() == "ann is here"


@pytest.mark.parametrize("seed", range(10))
async def test_everybody_hears_the_same_in_the_same_order(app: App, seed: int) -> None:
    async with (
        ASGIConductor(app, seed=seed) as conductor,
        conductor.simulate_ws("/room/ann") as ann,
        conductor.simulate_ws("/room/bob") as bob,
    ):
        await ann.send_text("tea")
        await bob.send_text("coffee")
        await wait_all_tasks_blocked()
        assert ann.drain()[-2:] == bob.drain()[-2:]


@pytest.mark.parametrize("server", ["hypercorn", "hypercorn-trio", "uvicorn"])
async def test_a_farewell_is_understood_on_every_server(app: App, server: str) -> None:
    async with (
        ASGIConductor(app, server=server) as conductor,
        conductor.simulate_ws("/room/bob") as bob,
    ):
        async with conductor.simulate_ws("/room/ann") as ann:
            await ann.close(4001, "bye")
        assert [await bob.receive_text(timeout=5) for _ in range(3)][-1] == "ann has left"
