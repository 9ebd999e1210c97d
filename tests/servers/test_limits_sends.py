"""Clients that do not read: what becomes of a send, and of those who wait for it."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator

import pytest
from websockets.sync.client import connect

from tests.servers.bystanders import bystanders
from tests.servers.clients import RawSocket, deaf_socket, note_of, seconds_between
from tests.servers.limits import CLOSE_TIMEOUT, SEND_TIMEOUT, is_in_time
from tests.servers.processes import PATIENCE, Server

SOON = 0.5
"""Seconds within which a busy machine does what is to be done at once."""


@pytest.fixture(autouse=True)
def _others_go_on(limited: Server) -> Iterator[None]:
    with bystanders(limited):
        yield


def test_a_stuck_send_loses_the_connection(limited: Server, key: str) -> None:
    """Whether the clock that notices it is the application's or the connection's own, and whether
    anybody else watches the connection."""
    other = f"{key}-unkept"
    with (
        deaf_socket(limited, f"/flood/{key}") as alone,
        deaf_socket(limited, f"/unkept/flood/{other}") as watched,
    ):
        with connect(f"{limited.ws}/unkept/flood/watched/{other}") as watcher:
            seen = json.loads(watcher.recv(timeout=PATIENCE))
        assert is_in_time(seen.pop("after"), SEND_TIMEOUT)
        assert seen == {"code": 1006, "ready": False, "closed": True, "raised": 1006}
        limited.log.excuse(f"/flood/{key} is lost: a send was stuck for 0.6 seconds")
        let_go(limited, alone, watched)
        left = time.monotonic()
        notes = [note_of(limited, key), note_of(limited, other)]
        assert time.monotonic() - left < SOON
    for note in notes:
        assert is_in_time(seconds_between(note, "stuck", "told"), SEND_TIMEOUT)
        assert note["cancelled"] is True
        assert (note["handled"], note["error"]) == (1006, "WebSocketDisconnected 1006")


def test_a_close_waits_behind_a_stuck_send_no_longer_than_close_timeout(
    limited: Server, key: str
) -> None:
    with deaf_socket(limited, f"/farewell/{key}") as deaf:
        closing = note_of(limited, f"{key}-closed")
        let_go(limited, deaf)
        note = note_of(limited, key)
    assert closing["code"] == 1006
    assert is_in_time(float(str(closing["took"])), CLOSE_TIMEOUT)
    assert seconds_between(note, "closed", "told") < SOON
    # The stuck send ends with its connection, which the error handlers are told; or with its task,
    # which ends with the responder. Where nothing shields it, whichever comes first.
    assert note["ended"] == "lost" or (limited.kind.vouches and note["ended"] == "cancelled")
    assert note.get("handled") == (1006 if note["ended"] == "lost" else None)


def let_go(server: Server, *deaf: RawSocket) -> None:
    """Have clients end writes that the server itself does not end."""
    if not server.kind.cuts_writes:
        for client in deaf:
            client.abort()
