"""Every coroutine method of a WebSocket, cancelled wherever it waits, leaves all in order."""

from __future__ import annotations

from itertools import count

import pytest

from tests.websocket.struck import CALLS, Call, Situation, Trial
from tests.websocket.waiting import Habits

# Servers whose send() and receive() suspend so many times.
SERVERS = [
    Habits(),
    Habits(before_take=1, before_work=1),
    Habits(before_take=2, before_work=2),
    Habits(before_take=1, half_way=1),
    Habits(before_take=1, after_write=2),
    Habits(before_take=2, before_work=1, half_way=1, after_write=1),
]


@pytest.mark.parametrize(
    ("call", "situation"),
    [
        pytest.param(call, situation, id=f"{call.name}: {situation.value}")
        for call in CALLS
        for situation in Situation
        if call.fits(situation)
    ],
)
async def test_a_call_that_is_cancelled_at_any_of_its_suspensions_leaves_all_in_order(
    call: Call, situation: Situation
) -> None:
    for habits in SERVERS:
        for suspension in count():
            struck = await Trial(call, situation, habits, suspension).run()
            if struck.through:
                break
            assert struck.cancelled
