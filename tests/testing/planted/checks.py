"""What a test of each service does: it passes with a good one, and fails with the broken one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio

from anyws.testing import ASGIConductor, wait_all_tasks_blocked
from tests.testing.planted.rooms import ROOM

if TYPE_CHECKING:
    from anyws._asgi.types import ASGIApp

SOON = 5.0
"""Virtual seconds within which everything happens that happens at all."""
SEEDS = 20


async def visit_the_feed(app: ASGIApp) -> None:
    async with ASGIConductor(app) as conductor, conductor.simulate_ws("/feed", timeout=SOON):
        await wait_all_tasks_blocked()


async def visit_the_poll(app: ASGIApp) -> None:
    async with ASGIConductor(app) as conductor, conductor.simulate_ws("/poll", timeout=SOON):
        await wait_all_tasks_blocked()


async def speak_while_one_stalls(app: ASGIApp) -> None:
    async with (
        ASGIConductor(app) as conductor,
        conductor.simulate_ws("/room") as stalled,
        conductor.simulate_ws("/room") as other,
    ):
        stalled.stall()
        await other.send_text("hello")
        assert await other.receive_text(timeout=SOON) == "hello"


async def join_while_one_stalls(app: ASGIApp) -> None:
    async with (
        ASGIConductor(app) as conductor,
        conductor.simulate_ws("/room") as stalled,
        conductor.simulate_ws("/room") as other,
    ):
        stalled.stall()
        await other.send_text("hello")
        await wait_all_tasks_blocked()
        async with conductor.simulate_ws("/room", timeout=SOON):
            pass


async def flood_while_one_stalls(app: ASGIApp) -> None:
    async with (
        ASGIConductor(app) as conductor,
        conductor.simulate_ws("/room") as stalled,
        conductor.simulate_ws("/room") as other,
    ):
        stalled.stall()
        await other.flood(20 * ROOM)
        stalled.resume()
        await wait_all_tasks_blocked()
        kept = len(stalled.drain())
        assert kept <= 2 * ROOM, f"{kept} messages were kept for a member that does not read"


async def speak_when_one_has_left(app: ASGIApp) -> None:
    async with (
        ASGIConductor(app, server="uvicorn") as conductor,
        conductor.simulate_ws("/room") as other,
    ):
        async with conductor.simulate_ws("/room"):
            pass
        await other.send_text("hello")
        assert await other.receive_text(timeout=SOON) == "hello"


async def wait_for_the_last_word(app: ASGIApp) -> None:
    async with (
        ASGIConductor(app, server="hypercorn-trio") as conductor,
        conductor.simulate_ws() as ws,
    ):
        assert await ws.receive_text(timeout=SOON) == "time is up"


async def quit_while_there_is_news(app: ASGIApp) -> None:
    for seed in range(SEEDS):
        async with (
            ASGIConductor(app, seed=seed) as conductor,
            conductor.simulate_ws("/quitter") as quitter,
            conductor.simulate_ws("/reporter") as reporter,
            anyio.create_task_group() as group,
        ):
            group.start_soon(quitter.send_text, "quit")
            group.start_soon(reporter.send_text, "news")
            assert await reporter.receive_text() == "news"
            assert [message async for message in quitter] in ([], ["news"])


async def talk(app: ASGIApp) -> None:
    async with ASGIConductor(app) as conductor, conductor.simulate_ws() as ws:
        await ws.send_text("hello")
        assert await ws.receive_text(timeout=SOON) == "hello"
