"""Every coroutine method of a WebSocket, cancelled wherever it waits, leaves all in order."""

from __future__ import annotations

from functools import partial
from itertools import count

import pytest

from tests.conftest import BACKENDS
from tests.websocket.calls import CALLS, Call, Situation
from tests.websocket.sockets import cancel_at, cancel_task_at
from tests.websocket.struck import Trial
from tests.websocket.waiting import HABITS, LATE_HABITS


def _cases(calls: list[Call]) -> pytest.MarkDecorator:
    """The calls in all situations that make a difference to them."""
    return pytest.mark.parametrize(
        ("call", "situation"),
        [
            pytest.param(call, situation, id=f"{call.name}: {situation.value}")
            for call in calls
            for situation in Situation
            if call.fits(situation)
        ],
    )


@_cases(CALLS)
async def test_a_call_that_is_cancelled_at_any_of_its_suspensions_leaves_all_in_order(
    call: Call, situation: Situation, backend_name: str
) -> None:
    for habits in [*HABITS, *LATE_HABITS[backend_name]]:
        for suspension in count():
            trial = Trial(call, situation, habits, partial(cancel_at, suspension))
            struck = await trial.run()
            assert not trial.broken
            if struck.through:
                break
            assert struck.cancelled


# Whether an answer to the handshake or a close that asyncio cuts short has gone out, nobody knows.
@_cases([call for call in CALLS if call.accepted and call.name != "close"])
@pytest.mark.parametrize("anyio_backend", BACKENDS[:2])
async def test_a_call_whose_task_asyncio_cancels_at_any_of_its_suspensions_leaves_all_in_order(
    call: Call, situation: Situation
) -> None:
    for habits in HABITS:
        for suspension in count(1):
            trial = Trial(call, situation, habits, partial(cancel_task_at, suspension))
            struck = await trial.run()
            if struck.through:
                break
            assert struck.cancelled
