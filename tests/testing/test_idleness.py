"""An idle connection costs nothing."""

from __future__ import annotations

import asyncio
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from types import FrameType

import anyio
import pytest
import trio

from anyws.testing import ASGIConductor, wait_all_tasks_blocked
from tests.testing import apps


@contextmanager
def calls_in_the_simulator() -> Iterator[Counter[str]]:
    """Count the calls and the resumptions of functions of `anyws.testing`, but for its clocks."""
    calls: Counter[str] = Counter()

    def note(frame: FrameType, event: str, argument: object) -> None:
        file = frame.f_code.co_filename
        if event == "call" and "anyws/testing/" in file and "testing/clock/" not in file:
            calls[frame.f_code.co_qualname] += 1

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        yield calls
    finally:
        sys.setprofile(before)


@pytest.mark.anyws_clock("virtual")
async def test_nothing_polls_in_an_idle_hour() -> None:
    async with (
        ASGIConductor(apps.echo) as conductor,
        conductor.simulate_ws() as ws,
        anyio.create_task_group() as group,
    ):
        group.start_soon(ws.receive_text)
        await wait_all_tasks_blocked()
        with calls_in_the_simulator() as calls:
            await anyio.sleep(3600)
        assert not calls
        with calls_in_the_simulator() as calls:
            await ws.send_text("something happens")
        assert calls


class Turns(trio.abc.Instrument):
    """Counts the steps of tasks."""

    def __init__(self) -> None:
        self.count = 0

    def before_task_step(self, task: trio.lowlevel.Task) -> None:
        self.count += 1


@contextmanager
def trio_turns() -> Iterator[Turns]:
    """Count what Trio's scheduler does."""
    turns = Turns()
    trio.lowlevel.add_instrument(turns)
    try:
        yield turns
    finally:
        trio.lowlevel.remove_instrument(turns)


@contextmanager
def asyncio_turns(monkeypatch: pytest.MonkeyPatch) -> Iterator[Turns]:
    """Count what asyncio's event loop is asked to call."""
    turns = Turns()
    loop = asyncio.get_running_loop()
    before = loop.call_soon

    def call_soon(*arguments: object, **options: object) -> object:
        turns.count += 1
        return before(*arguments, **options)  # type: ignore[arg-type]  # as they came

    with monkeypatch.context() as patch:
        patch.setattr(loop, "call_soon", call_soon)
        yield turns


@pytest.mark.anyws_clock("virtual")
@pytest.mark.parametrize("seed", [None, 1])
async def test_the_scheduler_has_nothing_to_do_for_idle_connections(
    seed: int | None, backend_name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with ASGIConductor(apps.echo, seed=seed) as conductor, AsyncExitStack() as stack:
        for _ in range(100):
            await stack.enter_async_context(conductor.simulate_ws())
        await wait_all_tasks_blocked()
        counting = trio_turns() if backend_name == "trio" else asyncio_turns(monkeypatch)
        with counting as turns:
            await anyio.sleep(3600)
        # The turn of this very test.
        assert turns.count == 1
