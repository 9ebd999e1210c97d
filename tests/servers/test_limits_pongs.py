"""A send that is cancelled while the server's own pongs wait for the client to read."""

from __future__ import annotations

from tests.servers.pings import check_crossing
from tests.servers.processes import Server


def test_a_send_that_is_cancelled_behind_a_pong_is_whole_or_nothing(
    limited: Server, key: str
) -> None:
    check_crossing(limited, key)
