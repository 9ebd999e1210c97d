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
    with deaf_socket(limited, f"/flood/{key}") as deaf:
        limited.log.excuse(f"/flood/{key} is lost: a send was stuck for 0.6 seconds")
        let_go(limited, deaf)
        note = note_of(limited, key)
    assert is_in_time(seconds_between(note, "stuck", "told"), SEND_TIMEOUT)
    assert note["cancelled"] is True
    assert (note["handled"], note["error"]) == (1006, "WebSocketDisconnected 1006")


def test_others_see_at_once_that_a_connection_is_lost(limited: Server, key: str) -> None:
    """Here the clock that notices it is the connection's own."""
    with deaf_socket(limited, f"/unkept/flood/{key}") as deaf:
        with connect(f"{limited.ws}/unkept/flood/watched/{key}") as watcher:
            seen = json.loads(watcher.recv(timeout=PATIENCE))
        assert is_in_time(seen.pop("after"), SEND_TIMEOUT)
        assert seen == {"code": 1006, "ready": False, "closed": True, "raised": 1006}
        let_go(limited, deaf)
        left = time.monotonic()
        assert note_of(limited, key)["handled"] == 1006
        assert time.monotonic() - left < SOON


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
    assert note["handled"] == 1006


def let_go(server: Server, deaf: RawSocket) -> None:
    """Have the client end a write that the server itself does not end."""
    if not server.kind.cuts_writes:
        deaf.abort()
