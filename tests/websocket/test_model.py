"""Connections of all sorts, held against a small model of what may come of each call."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.websocket.fuzzing import FACTOR, TALLIES, Tally, fuzzed
from tests.websocket.played import CALLS, Play, Setting, Step
from tests.websocket.waiting import Habits

TASKS = ["own", "nested", "child", "foreign"]
"""The tasks that make calls: the responder's own, one in a task group of its, one in the
connection's, one that has nothing to do with the connection."""

EXAMPLES = 1100
LEAST = 20_000
"""The steps that are taken at least, on each backend."""

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
    *[Step("server", "jams")] * 3,
    *[Step("server", "goes on")] * 5,
    *[Step(task, "cancelled") for task in TASKS for _ in range(5)],
    *[Step("anybody", "looks")] * 5,
    *[Step(task, call) for task in TASKS for call in CALLS],
]

TURNS = st.integers(0, 2)
HABITS = st.builds(
    Habits,
    before_take=TURNS,
    before_work=TURNS,
    half_way=TURNS,
    after_write=TURNS,
    at_once=st.sampled_from([0, 3]),
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


def _as_on_trio(setting: Setting, steps: list[Step]) -> tuple[Setting, list[Step]]:
    """Have no server begin to wait half way that has never waited: on Trio there is none."""
    habits = setting.habits
    if habits.before_work + habits.half_way + habits.after_write > 0 and habits.at_once == 0:
        return setting, steps
    steps = [Step("server", "stalls") if step.what == "jams" else step for step in steps]
    return replace(setting, habits=replace(habits, half_way=0)), steps


@pytest.fixture
def tally(request: pytest.FixtureRequest, backend_name: str) -> Iterator[Tally]:
    """The count of what the test does, which is to be enough if nothing fails."""
    tally = Tally(f"the model on {backend_name}")
    request.config.stash.setdefault(TALLIES, []).append(tally)
    yield tally
    if not tally.has_failed:
        assert tally.steps >= LEAST * FACTOR


@pytest.mark.usefixtures("quiet")
@fuzzed(EXAMPLES)
@given(
    setting=SETTINGS,
    accepted=st.booleans(),
    steps=st.lists(st.sampled_from(STEPS), min_size=20, max_size=40).map(_without_nothing),
    random=st.random_module(),
)
async def test_whatever_happens_a_connection_keeps_to_its_model(
    setting: Setting,
    accepted: bool,
    steps: list[Step],
    random: Any,
    backend_name: str,
    tally: Tally,
) -> None:
    if backend_name == "trio":
        setting, steps = _as_on_trio(setting, steps)
    first = [Step("own", "accept"), Step("time", "rests")] if accepted else []
    play = Play(setting)
    with tally.counting():
        await play.run(first + steps)
    tally.steps += play.steps_taken
