"""One direction of a connection."""

from __future__ import annotations

import anyio
import pytest
from anyio import wait_all_tasks_blocked

from anyws.testing.mailbox import Mailbox


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
