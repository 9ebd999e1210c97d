"""A set of things that run, each with the call that ends it."""

from __future__ import annotations

import pytest
from anyio import CancelScope, create_task_group, sleep_forever, wait_all_tasks_blocked

from anyws.cli.live import Live


def test_what_is_live_can_be_ended_and_what_is_over_can_not() -> None:
    live = Live()
    ended: list[str] = []
    with live.hold(lambda: ended.append("outer")):
        with live.hold(lambda: ended.append("inner")):
            pass
        live.end_all()
    live.end_all()
    assert ended == ["outer"]


def test_what_starts_after_the_end_is_ended_as_it_starts() -> None:
    live = Live()
    live.end_all()
    ended: list[str] = []
    with live.hold(lambda: ended.append("late")):
        assert ended == ["late"]


def test_what_raises_is_no_longer_live() -> None:
    live = Live()
    ended: list[str] = []
    with pytest.raises(LookupError), live.hold(lambda: ended.append("raised")):
        raise LookupError
    live.end_all()
    assert ended == []


async def test_nothing_live_is_nothing_to_wait_for() -> None:
    await Live().wait_empty()


async def test_waiting_ends_when_the_last_one_has() -> None:
    live = Live()
    waited = False

    async def run() -> None:
        with CancelScope() as scope, live.hold(scope.cancel):
            await sleep_forever()

    async def wait() -> None:
        nonlocal waited
        await live.wait_empty()
        waited = True

    async with create_task_group() as tasks:
        tasks.start_soon(run)
        tasks.start_soon(run)
        await wait_all_tasks_blocked()
        tasks.start_soon(wait)
        await wait_all_tasks_blocked()
        assert not waited
        live.end_all()
    assert waited
