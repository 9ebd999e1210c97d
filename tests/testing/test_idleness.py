"""An idle connection costs nothing."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import anyio
import pytest
from anyio import wait_all_tasks_blocked
from trio.testing import MockClock

from anyws.testing import ASGIConductor
from tests.testing import apps


@contextmanager
def calls_in_the_simulator() -> Iterator[Counter[str]]:
    """Count the calls and the resumptions of functions of `anyws.testing`."""
    calls: Counter[str] = Counter()

    def note(frame: FrameType, event: str, argument: object) -> None:
        if event == "call" and "anyws/testing/" in frame.f_code.co_filename:
            calls[frame.f_code.co_qualname] += 1

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        yield calls
    finally:
        sys.setprofile(before)


async def test_nothing_polls_while_a_connection_is_idle() -> None:
    async with (
        ASGIConductor(apps.echo) as conductor,
        conductor.simulate_ws() as ws,
        anyio.create_task_group() as group,
    ):
        group.start_soon(ws.receive_text)
        await wait_all_tasks_blocked()
        with calls_in_the_simulator() as calls:
            for _ in range(10):
                await wait_all_tasks_blocked()
        assert not calls
        with calls_in_the_simulator() as calls:
            await ws.send_text("something happens")
        assert calls


@pytest.mark.parametrize(
    "anyio_backend",
    [pytest.param(("trio", {"clock": MockClock(autojump_threshold=0)}), id="trio")],
)
async def test_nothing_wakes_up_in_an_idle_hour() -> None:
    async with ASGIConductor(apps.echo) as conductor, conductor.simulate_ws():
        await wait_all_tasks_blocked()
        with calls_in_the_simulator() as calls:
            await anyio.sleep(3600)
        assert not calls
