"""The programs that the pages show are run."""

from __future__ import annotations

import anyio
import pytest

from anyws import App
from anyws.testing import ASGIConductor
from tests.house.pages import app_of, module_of


async def test_the_first_step_of_the_tutorial_says_hello() -> None:
    async with ASGIConductor(app_of("tutorial/steps/hello.py")) as conductor:
        assert (await conductor.simulate_get("/hello")).json == {"hello": "world"}


async def test_the_second_step_of_the_tutorial_echoes() -> None:
    async with (
        ASGIConductor(app_of("tutorial/steps/echo.py")) as conductor,
        conductor.simulate_ws("/echo") as ws,
    ):
        await ws.send_text("hi")
        assert await ws.receive_text() == "I heard: hi"


@pytest.fixture
def push() -> App:
    return app_of("how-to/code/push.py")


async def test_talk_sends_on_its_own_and_answers(push: App) -> None:
    async with ASGIConductor(push) as conductor, conductor.simulate_ws("/talk") as ws:
        assert await ws.receive_text() == "still here"
        await ws.send_text("hi")
        assert await ws.receive_text() == "HI"


async def test_the_feed_goes_on_after_the_client_has_left(push: App) -> None:
    async with ASGIConductor(push) as conductor:
        for visits in range(2):
            async with conductor.simulate_ws("/feed", timeout=5) as ws:
                assert await ws.receive_json() == {"visits": visits}


async def test_the_feed_sees_a_client_leave_behind_all_that_it_has_said(push: App) -> None:
    async with ASGIConductor(push) as conductor:
        async with conductor.simulate_ws("/feed", timeout=5) as ws:
            for _ in range(10):
                await ws.send_text("is there anything new?")
        async with conductor.simulate_ws("/feed", timeout=5) as ws:
            assert await ws.receive_json() == {"visits": 1}


async def test_the_search_ends_with_the_one_who_asked(push: App) -> None:
    async with (
        ASGIConductor(push) as conductor,
        conductor.simulate_ws("/search", timeout=5) as ws,
    ):
        await ws.send_text("the moon")


async def test_a_program_serves_until_its_event_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    module = module_of("how-to/code/serve.py")
    stop = anyio.Event()
    asked: list[int] = []

    def ask_and_stop(line: str) -> None:
        port = int(line.removeprefix("serving on port "))
        asked.append(port)
        stop.set()

    monkeypatch.setattr(module, "print", ask_and_stop, raising=False)
    await module.main(stop)
    [port] = asked
    with pytest.raises(OSError, match="connect"):
        await anyio.connect_tcp("127.0.0.1", port)
