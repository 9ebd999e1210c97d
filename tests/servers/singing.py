"""Many tasks that send on one socket, and what a listener should hear of them."""

from __future__ import annotations

from itertools import count
from random import Random
from typing import TypedDict

from anyio import CancelScope, create_task_group, current_time
from anyio.lowlevel import checkpoint

from anyws import WebSocket

SINGERS = 20
VERSES = 60


class Account(TypedDict):
    """How a song with cuts went."""

    begun: int
    returned: list[int]
    doomed: list[int]
    """Those that were begun in a scope that was cancelled already."""
    cut: int


def verse(number: int) -> str:
    """Give the message with that number, of up to 16 KiB, half of which compression saves."""
    return f"{number}:" + Random(number).randbytes(200 * (1 + number % 40)).hex()


def number_of(message: str) -> int:
    """Give the number of a message that has arrived; fail if it is not whole."""
    number = int(message.partition(":")[0])
    assert message == verse(number), f"message {number} has changed on its way"
    return number


async def sing_in_chorus(ws: WebSocket) -> None:
    """Send from many tasks at once. The numbers of the messages say the order of the calls."""
    numbers = count()

    async def sing() -> None:
        for _ in range(VERSES):
            await ws.send_text(verse(next(numbers)))

    async with create_task_group() as tasks:
        for _ in range(SINGERS):
            tasks.start_soon(sing)


async def sing_with_cuts(ws: WebSocket, fate: Random) -> Account:
    """Send from many tasks at once while sends are cancelled: before, by time, by another task."""
    numbers = count()
    account = Account(begun=0, returned=[], doomed=[], cut=0)
    under_way: list[CancelScope] = []

    async def sing() -> None:
        for _ in range(VERSES):
            with CancelScope() as scope:
                under_way.append(scope)
                number = next(numbers)
                match fate.randrange(4):
                    case 0:
                        scope.cancel()
                        account["doomed"].append(number)
                    case 1:
                        scope.deadline = current_time() + fate.random() / 500
                await ws.send_text(verse(number))
                account["returned"].append(number)
            under_way.remove(scope)
            account["cut"] += scope.cancelled_caught
            await checkpoint()

    async def cut() -> None:
        while True:
            if under_way:
                fate.choice(under_way).cancel()
            for _ in range(fate.randrange(1, 6)):
                await checkpoint()

    async with create_task_group() as tasks:
        tasks.start_soon(cut)
        async with create_task_group() as singers:
            for _ in range(SINGERS):
                singers.start_soon(sing)
        tasks.cancel_scope.cancel()
    account["begun"] = next(numbers)
    return account
