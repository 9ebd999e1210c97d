"""Comments that keep a silent stream open."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial

import anyio

import anyws
from anyws.sse import SSEvent
from anyws.testing import ASGIConductor
from tests.sse.streaming import app_of, virtual_time

PING = b": ping\n\n"


async def ticks(seconds: float, times: int) -> AsyncIterator[SSEvent]:
    """An event after every so many seconds."""
    for _ in range(times):
        await anyio.sleep(seconds)
        yield SSEvent("tick")


@virtual_time
async def test_better_a_silent_generator_is_covered_by_pings_and_not_disturbed() -> None:
    release = anyio.Event()
    interruptions = []

    async def events() -> AsyncIterator[SSEvent]:
        try:
            await release.wait()
        except anyio.get_cancelled_exc_class():
            interruptions.append("cancelled")
            raise
        yield SSEvent("at last")
        await anyio.sleep_forever()

    async with (
        ASGIConductor(app_of(events, ping_interval=15)) as conductor,
        conductor.simulate_get_stream("/") as result,
    ):
        assert [await anext(result) for _ in range(3)] == [PING] * 3
        release.set()
        while (part := await anext(result)) == PING:
            pass
        assert part == b"data: at last\n\n"
        assert await anext(result) == PING
        assert interruptions == []


@virtual_time
async def test_the_interval_is_15_seconds_without_an_event() -> None:
    app = app_of(partial(ticks, 40, 2), ping_interval=anyws.App().resp_options.sse_ping_interval)
    async with (
        ASGIConductor(app) as conductor,
        conductor.simulate_get_stream("/") as result,
    ):
        start = anyio.current_time()
        seen = [(round(anyio.current_time() - start), part == PING) async for part in result]
    assert seen == [(15, True), (30, True), (40, False), (55, True), (70, True), (80, False)]


@virtual_time
async def test_events_that_come_often_enough_need_no_pings() -> None:
    app = app_of(partial(ticks, 14, 5), ping_interval=15)
    async with ASGIConductor(app) as conductor:
        assert (await conductor.simulate_get("/")).content == b"data: tick\n\n" * 5


@virtual_time
async def test_without_an_interval_there_are_no_pings() -> None:
    app = app_of(partial(ticks, 86_400, 2), ping_interval=None)
    async with ASGIConductor(app) as conductor:
        assert (await conductor.simulate_get("/")).content == b"data: tick\n\n" * 2
