"""Ten bugs of real-time services: each is found, and the failure says where it is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, NamedTuple

import pytest

from anyws.testing import IllegalEvent, LeakedTasksError
from tests.testing.planted import checks, dialogues, lifetimes, rooms

if TYPE_CHECKING:
    from anyws._asgi.types import ASGIApp

pytestmark = pytest.mark.anyws_clock("virtual")


class Bug(NamedTuple):
    """A bug, what mends it, the test that finds it, and how that fails."""

    broken: Callable[[], ASGIApp]
    mended: Callable[[], ASGIApp]
    check: Callable[[ASGIApp], Awaitable[None]]
    error: type[Exception]
    cause: str


BUGS = {
    "a task outlives its connection": Bug(
        lifetimes.leaky,
        lifetimes.tight,
        checks.visit_the_feed,
        LeakedTasksError,
        r"lifetimes\.push_prices, started at .*lifetimes\.py:\d+ from within #1 WS /feed",
    ),
    "a departure is missed": Bug(
        lifetimes.deaf,
        lifetimes.listening,
        checks.visit_the_poll,
        TimeoutError,
        r"went on for .* after the connection had ended(.|\n)*lifetimes\.py.* in poll",
    ),
    "a stalled member stops a broadcast": Bug(
        rooms.turn_by_turn,
        rooms.mended,
        checks.speak_while_one_stalls,
        TimeoutError,
        r"client that does not read:\n  to #1 WS /room, from .*rooms\.py:\d+",
    ),
    "a lock is held over a stalled send": Bug(
        rooms.locked,
        rooms.mended,
        checks.join_while_one_stalls,
        TimeoutError,
        r"neither accepted nor denied(.|\n)* in join(.|\n)*to #1 WS /room, from .*rooms\.py",
    ),
    "a queue for a slow member has no bound": Bug(
        rooms.hoarding,
        rooms.mended,
        checks.flood_while_one_stalls,
        AssertionError,
        "1000 messages were kept for a member that does not read",
    ),
    "a member is never removed": Bug(
        rooms.haunted,
        rooms.deserted,
        checks.speak_when_one_has_left,
        OSError,
        "the client of #2 WS /room has left the WebSocket, with code 1000",
    ),
    "a message is lost in a cancellation": Bug(
        dialogues.lossy,
        dialogues.lossless,
        checks.wait_for_the_last_word,
        TimeoutError,
        r"a websocket\.send was cancelled before it went out",
    ),
    "a close races with a send": Bug(
        dialogues.racing,
        dialogues.orderly,
        checks.quit_while_there_is_news,
        IllegalEvent,
        r"sent websocket\.send after it had ended the connection itself",
    ),
    "an exception is swallowed": Bug(
        dialogues.swallowing,
        dialogues.echoing,
        checks.talk,
        IllegalEvent,
        r"the key 'text' of websocket\.send is b'hello'",
    ),
    "a handshake is accepted twice": Bug(
        dialogues.twice_accepted,
        dialogues.echoing,
        checks.talk,
        IllegalEvent,
        r"sent websocket\.accept after it had accepted the connection",
    ),
}


@pytest.mark.parametrize("name", BUGS)
async def test_a_planted_bug_is_found_and_its_cause_is_named(name: str) -> None:
    bug = BUGS[name]
    with pytest.raises(bug.error, match=bug.cause):
        await bug.check(bug.broken())


@pytest.mark.parametrize("name", BUGS)
async def test_the_same_test_passes_when_the_bug_is_mended(name: str) -> None:
    bug = BUGS[name]
    await bug.check(bug.mended())


async def test_a_race_tells_the_seed_that_shows_it_again() -> None:
    with pytest.raises(IllegalEvent) as caught:
        await checks.quit_while_there_is_news(dialogues.racing())
    [note] = caught.value.__notes__
    assert "seed=" in note
