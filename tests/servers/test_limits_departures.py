"""How soon work stops when its client leaves, and how long it goes on where nothing stops it."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from uuid import uuid4

import pytest

from tests.servers.clients import RawSocket, note_of, raw_socket, seconds_between
from tests.servers.limits import WORK
from tests.servers.processes import Server

Note = dict[str, object]

AT_ONCE = 0.05
"""Seconds within which work stops."""
DEPARTURES = 5
"""So many are timed: a busy machine may be late for one or another."""
LEFT_CODES = (1005, 1006, 4001)
"""The codes with which servers tell of a client that left, with the code 4001 or without a word."""

WAYS_TO_LEAVE = pytest.mark.parametrize(
    "leave",
    [
        pytest.param(RawSocket.say_farewell, id="farewell"),
        pytest.param(RawSocket.abort, id="reset"),
        pytest.param(RawSocket.shut, id="end-of-stream"),
    ],
)


@WAYS_TO_LEAVE
def test_cancel_on_disconnect_stops_the_work_at_once(
    limited: Server, leave: Callable[[RawSocket], None]
) -> None:
    notes = [note_of_work(limited, "bound", leave) for _ in range(DEPARTURES)]
    assert 0 < delay(notes) < AT_ONCE
    assert all(note["handled"] in LEFT_CODES for note in notes), notes


@WAYS_TO_LEAVE
def test_move_on_disconnect_stops_the_work_at_once_and_quietly(
    limited: Server, leave: Callable[[RawSocket], None]
) -> None:
    notes = [note_of_work(limited, "block", leave) for _ in range(DEPARTURES)]
    assert 0 < delay(notes) < AT_ONCE
    assert not any("handled" in note for note in notes), notes


@WAYS_TO_LEAVE
def test_work_that_nothing_stops_goes_on_until_a_send_tells_of_the_departure(
    limited: Server, leave: Callable[[RawSocket], None]
) -> None:
    note = note_of_work(limited, "heedless", leave)
    assert seconds_between(note, "left", "worked") > WORK / 2
    # Hypercorn says nothing of it: the first send is what makes the framework look.
    assert note["sends"] == (1 if limited.kind.tells_close else 2)
    assert note["handled"] in LEFT_CODES


def note_of_work(server: Server, tie: str, leave: Callable[[RawSocket], None]) -> Note:
    """Leave while the responder works; give what it notes of that, and when its client left."""
    key = uuid4().hex
    with raw_socket(server, f"/work/{tie}/{key}") as client:
        client.wait_for(b"at work")
        left = time.monotonic()
        leave(client)
        return note_of(server, key) | {"left": left}


def delay(notes: list[Note]) -> float:
    """The seconds from a departure to the end of the work, as it usually is."""
    return statistics.median(seconds_between(note, "left", "stopped") for note in notes)
