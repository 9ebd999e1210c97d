"""The coarse clock by itself: when it strikes, what it forgets, and that it rests."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import anyio
import pytest
from anyio import current_time, sleep

from anyws.websocket.clock import Clock, Wait
from tests.websocket.scripted import settle
from tests.websocket.sockets import pass_turns


class Doing:
    """Something that a clock watches: what goes on, and what was told about it."""

    def __init__(self, seconds: float, mark: object | None = "going on") -> None:
        self.mark = mark
        self.looks = 0
        self.strikes = 0
        self.orphaned: list[Wait] = []
        self.struck = anyio.Event()
        self.wait = Wait(seconds, self._tell, self._strike, self.orphaned.append)

    def _tell(self) -> object | None:
        self.looks += 1
        return self.mark

    def _strike(self) -> None:
        self.strikes += 1
        self.struck.set()


@asynccontextmanager
async def running() -> AsyncIterator[Clock]:
    """Give a clock that runs until the block ends."""
    clock = Clock()
    async with anyio.create_task_group() as group:
        group.start_soon(clock.run)
        await settle()
        yield clock
        clock.stop()


def looked_at(doing: Doing, *times: float) -> list[bool]:
    """Look at a wait at these times; tell what each look said."""
    doing.wait.watched = True
    return [doing.wait.look(now) for now in times]


def test_a_wait_strikes_once_when_the_same_has_gone_on_for_its_seconds() -> None:
    doing = Doing(10)
    assert looked_at(doing, 100, 105, 109.9) == [True, True, True]
    assert doing.strikes == 0
    assert looked_at(doing, 110) == [False]
    assert (doing.strikes, doing.wait.watched) == (1, False)


def test_a_new_mark_gives_a_wait_its_time_again() -> None:
    doing = Doing(10, mark=1)
    looked_at(doing, 0, 9)
    doing.mark = 2
    assert looked_at(doing, 9.5, 19) == [True, True]
    assert doing.strikes == 0
    assert looked_at(doing, 19.5) == [False]
    assert doing.strikes == 1


def test_marks_that_are_equal_are_the_same_thing_though_not_the_same_object() -> None:
    doing = Doing(10, mark=[1])
    looked_at(doing, 0)
    doing.mark = [1]
    assert looked_at(doing, 10) == [False]
    assert doing.strikes == 1


@pytest.mark.parametrize("mark", [0, "", False])
def test_a_mark_that_is_false_and_not_none_is_something_that_goes_on(mark: object) -> None:
    doing = Doing(10, mark)
    assert looked_at(doing, 0, 10) == [True, False]
    assert doing.strikes == 1


def test_when_nothing_goes_on_a_wait_is_forgotten_and_does_not_strike() -> None:
    doing = Doing(10)
    looked_at(doing, 0)
    doing.mark = None
    assert looked_at(doing, 20) == [False]
    assert (doing.strikes, doing.wait.watched) == (0, False)


@pytest.mark.parametrize("forget", [Wait.forget, Wait.leave_alone])
def test_a_wait_that_was_forgotten_begins_anew(forget: Callable[[Wait], None]) -> None:
    doing = Doing(10)
    looked_at(doing, 0)
    forget(doing.wait)
    assert not doing.wait.watched
    assert looked_at(doing, 15) == [True]
    assert doing.strikes == 0


@pytest.mark.anyws_clock("virtual")
@pytest.mark.parametrize("seconds", [0.01, 0.5, 2, 3.9, 4, 60, 3600])
async def test_the_clock_strikes_within_a_second_or_a_quarter_of_a_short_time(
    seconds: float,
) -> None:
    doing = Doing(seconds)
    async with running() as clock:
        began = current_time()
        clock.watch(doing.wait)
        await doing.struck.wait()
        took = current_time() - began
    assert seconds <= took < (seconds + 1 if seconds >= 4 else 1.25 * seconds)


@pytest.mark.anyws_clock("virtual")
async def test_a_short_wait_ends_the_long_pause_of_another() -> None:
    long, short = Doing(60), Doing(0.1)
    async with running() as clock:
        clock.watch(long.wait)
        await sleep(10.01)
        began = current_time()
        clock.watch(short.wait)
        await short.struck.wait()
        assert current_time() - began < 0.125
        assert (long.strikes, long.wait.watched) == (0, True)


@pytest.mark.anyws_clock("virtual")
async def test_the_clock_looks_seldom_again_when_the_short_waits_are_over() -> None:
    long, short = Doing(3600), Doing(0.1)
    async with running() as clock:
        clock.watch(long.wait)
        clock.watch(short.wait)
        await short.struck.wait()
        looks = long.looks
        await sleep(100)
        assert 100 < long.looks - looks < 300


@pytest.mark.anyws_clock("virtual")
async def test_a_wait_that_is_watched_twice_is_looked_at_once_a_time() -> None:
    once, twice = Doing(10), Doing(10)
    async with running() as clock:
        for doing in (once, twice, twice):
            clock.watch(doing.wait)
        await sleep(5)
        assert once.looks == twice.looks > 0


@pytest.mark.anyws_clock("virtual")
async def test_a_wait_that_is_forgotten_is_looked_at_no_more() -> None:
    doing, other = Doing(10), Doing(100)
    async with running() as clock:
        clock.watch(doing.wait)
        clock.watch(other.wait)
        await sleep(5)
        doing.wait.forget()
        looks = doing.looks
        await sleep(30)
        assert (doing.looks, doing.strikes) == (looks, 0)
        assert other.wait.watched


@pytest.mark.anyws_clock("virtual")
async def test_a_wait_that_has_struck_may_be_watched_again() -> None:
    doing = Doing(10)
    async with running() as clock:
        for strikes in (1, 2):
            clock.watch(doing.wait)
            await sleep(20)
            assert (doing.strikes, doing.wait.watched) == (strikes, False)


@pytest.mark.parametrize("how", ["stopped", "cancelled"])
async def test_a_clock_that_ends_hands_over_all_that_it_watches(how: str) -> None:
    clock, doings = Clock(), [Doing(10), Doing(20)]
    assert not clock.stopped
    async with anyio.create_task_group() as group:
        group.start_soon(clock.run)
        for doing in doings:
            clock.watch(doing.wait)
        await settle()
        if how == "stopped":
            clock.stop()
        else:
            group.cancel_scope.cancel()
    assert clock.stopped
    for doing in doings:
        assert doing.orphaned == [doing.wait]
        assert (doing.wait.watched, doing.strikes) == (False, 0)


@pytest.mark.anyws_clock("virtual")
async def test_what_a_clock_hands_over_gets_its_full_time_from_another() -> None:
    doing = Doing(10)
    async with running() as first:
        first.watch(doing.wait)
        await sleep(8)
    async with running() as second:
        began = current_time()
        second.watch(doing.wait)
        await doing.struck.wait()
        assert 10 <= current_time() - began < 11


@pytest.mark.parametrize("long", [60, 3600])
async def test_a_clock_sleeps_when_a_short_wait_came_and_went_while_it_rested(long: float) -> None:
    watched, passing = Doing(long), Doing(1, mark=None)
    async with running() as clock:
        clock.watch(watched.wait)
        await pass_turns(5)
        watched.mark = None
        clock.watch(passing.wait)
        await pass_turns(20)
        assert not watched.wait.watched
        assert not passing.wait.watched
        # Of a clock that goes round and round the tasks are never all blocked.
        with anyio.move_on_after(1) as patience:
            await settle()
        clock.stop()
    assert not patience.cancelled_caught
