"""One direction of a connection."""

from __future__ import annotations

import anyio
import pytest

from anyws.testing import wait_all_tasks_blocked
from anyws.testing.mailbox import Mailbox
from anyws.testing.shuffling import Shuffler


async def test_items_come_out_in_the_order_in_which_they_went_in() -> None:
    box: Mailbox[int] = Mailbox(8)
    for item in range(3):
        box.put(item)
    box.close()
    assert [await box.take() for _ in range(3)] == [0, 1, 2]
    with pytest.raises(anyio.EndOfStream):
        await box.take()


async def test_a_taker_waits_for_the_next_item() -> None:
    box: Mailbox[int] = Mailbox(8)
    taken: list[int] = []

    async def take() -> None:
        taken.append(await box.take())

    async with anyio.create_task_group() as group:
        group.start_soon(take)
        group.start_soon(take)
        await wait_all_tasks_blocked()
        assert taken == []
        box.put(1)
        await wait_all_tasks_blocked()
        assert taken == [1]
        box.put(2)
    assert taken == [1, 2]


async def test_closing_wakes_a_taker_that_waits() -> None:
    box: Mailbox[int] = Mailbox(8)

    async def take() -> None:
        with pytest.raises(anyio.EndOfStream):
            await box.take()

    async with anyio.create_task_group() as group:
        group.start_soon(take)
        await wait_all_tasks_blocked()
        box.close()


async def test_a_taker_that_is_cancelled_as_its_item_comes_has_not_taken_it() -> None:
    box: Mailbox[int] = Mailbox(8)
    with anyio.CancelScope() as scope:
        async with anyio.create_task_group() as group:
            group.start_soon(box.take)
            await wait_all_tasks_blocked()
            scope.cancel()
            box.put(1)
    assert await box.take() == 1


async def test_who_has_filled_the_queue_waits_until_there_is_room() -> None:
    box: Mailbox[int] = Mailbox(1)
    box.put(1)
    await box.room()
    box.put(2)
    roomy = anyio.Event()

    async def wait_for_room() -> None:
        await box.room()
        roomy.set()

    async with anyio.create_task_group() as group:
        group.start_soon(wait_for_room)
        await wait_all_tasks_blocked()
        assert not roomy.is_set()
        assert await box.take() == 1
        await roomy.wait()


async def test_nobody_waits_for_room_in_a_closed_queue() -> None:
    box: Mailbox[int] = Mailbox(0)
    box.put(1)
    box.close()
    await box.room()


async def test_nothing_arrives_while_the_taker_stalls() -> None:
    box: Mailbox[int] = Mailbox(8)
    box.put(1)
    box.stall(room=1)
    box.put(2)
    assert not box.is_full
    box.put(3)
    assert box.is_full
    assert box.take_all() == [1]
    box.resume()
    assert not box.is_full
    assert box.take_all() == [2, 3]


async def test_a_close_arrives_behind_everything_and_calls_back() -> None:
    box: Mailbox[int] = Mailbox(8)
    closed: list[bool] = []
    box.stall(room=8)
    box.put(1)
    box.close(lambda: closed.append(True))
    assert not closed
    box.resume()
    assert closed
    assert await box.take() == 1
    with pytest.raises(anyio.EndOfStream):
        await box.take()


async def test_what_a_stalled_taker_had_not_got_is_cut_off() -> None:
    box: Mailbox[int] = Mailbox(8)
    box.put(1)
    box.stall(room=8)
    box.put(2)
    box.cut()
    assert await box.take() == 1
    with pytest.raises(anyio.EndOfStream):
        await box.take()


async def test_a_queue_is_drained_when_everything_is_taken_or_nobody_takes_any_more() -> None:
    for finish in (Mailbox.take_all, Mailbox.close):
        box: Mailbox[int] = Mailbox(8)
        box.put(1)
        drained = anyio.Event()

        async def wait(box: Mailbox[int] = box, drained: anyio.Event = drained) -> None:
            await box.drained()
            drained.set()

        async with anyio.create_task_group() as group:
            group.start_soon(wait)
            await wait_all_tasks_blocked()
            assert not drained.is_set()
            finish(box)
        assert drained.is_set()


async def test_a_taker_that_stalls_does_not_get_what_was_posted_before_either() -> None:
    box: Mailbox[int] = Mailbox(8, Shuffler(1))
    box.put(1)
    box.stall(room=8)
    box.deliver()
    assert box.take_all() == []
    box.resume()
    box.deliver()
    assert box.take_all() == [1]
