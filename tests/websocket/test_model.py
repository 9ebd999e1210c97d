"""Connections of all sorts, held against a small model of what may come of each call."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.websocket.fuzzing import fuzzed
from tests.websocket.played import CALLS, Play, Setting, Step
from tests.websocket.waiting import Habits

TASKS = ["own", "nested", "child", "foreign"]
"""The tasks that make calls: the responder's own, one in a task group of its, one in the
connection's, one that has nothing to do with the connection."""

# Some steps are worth more than one chance in all.
NOTHING = Step("nobody", "nothing")
STEPS = [
    NOTHING,
    *[Step("time", turns) for turns in "1123" for _ in range(5)],
    *[Step("time", "rests")] * 15,
    *[Step("server", kind) for kind in ("text", "bytes", "both", "blank") for _ in range(5)],
    *[Step("server", "huge"), Step("server", "breaks the rules"), Step("server", "leaves")],
    *[Step("server", "fails to receive"), Step("server", "finds it lost")],
    *[Step("server", "fails to send")] * 3,
    *[Step("server", "stalls")] * 3,
    *[Step("server", "goes on")] * 5,
    *[Step(task, "cancelled") for task in TASKS for _ in range(5)],
    *[Step("anybody", "looks")] * 5,
    *[Step(task, call) for task in TASKS for call in CALLS],
]

TURNS = st.integers(0, 2)
HABITS = st.builds(
    Habits, before_take=TURNS, before_work=TURNS, half_way=TURNS, after_write=TURNS
) | st.builds(
    # What has never waited yet is not expected to begin half way.
    Habits,
    before_take=TURNS,
    before_work=TURNS,
    after_write=TURNS,
    at_once=st.just(3),
)
SETTINGS = st.builds(
    Setting,
    habits=HABITS,
    queue=st.sampled_from([4, 1, 0]),
    counting=st.booleans(),
    http_version=st.sampled_from(["1.1", "2"]),
    denial_responses=st.booleans(),
    ending=st.sampled_from(["returns", "fails", "is cancelled"]),
)


def _without_nothing(steps: list[Step]) -> list[Step]:
    # Lists that are long on the whole don't get shorter when a failure is boiled down.
    return [step for step in steps if step is not NOTHING]


@pytest.mark.usefixtures("quiet")
@fuzzed(700)
@given(
    setting=SETTINGS,
    accepted=st.booleans(),
    steps=st.lists(st.sampled_from(STEPS), min_size=20, max_size=40).map(_without_nothing),
    random=st.random_module(),
)
async def test_whatever_happens_a_connection_keeps_to_its_model(
    setting: Setting, accepted: bool, steps: list[Step], random: Any
) -> None:
    first = [Step("own", "accept"), Step("time", "rests")] if accepted else []
    await Play(setting).run(first + steps)
