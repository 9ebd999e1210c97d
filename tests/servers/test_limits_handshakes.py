"""Handshakes that last too long, or are too many at once."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect

from tests.servers import limits
from tests.servers.bystanders import bystanders
from tests.servers.clients import note_of, refusal_of
from tests.servers.processes import PATIENCE, Server
from tests.servers.visitors import VISITORS, Visitor

WITH_EACH_PACKAGE = pytest.mark.parametrize("visitor", VISITORS, ids=str)
UNTIL_FREE = 1.0
"""Seconds within which a place is free again on a busy machine."""


def test_a_handshake_that_nobody_answers_is_a_403(limited: Server, key: str) -> None:
    paths = f"/late/{key}", f"/unkept/late/{key}-unkept"
    with bystanders(limited), ThreadPoolExecutor() as threads:
        began = time.monotonic()
        visits = [
            threads.submit(each.be_refused, limited, path) for path in paths for each in VISITORS
        ]
        assert {visit.result().status for visit in visits} == {403}
        took = time.monotonic() - began
    assert limits.is_in_time(took, limits.HANDSHAKE_TIMEOUT)
    for path in paths:
        note = note_of(limited, path.rpartition("/")[2])
        assert (note["cancelled"], note["handled"]) == (True, 1013)
        limited.log.excuse(f"ERROR the handshake of the WebSocket {path} was neither accepted nor")


@WITH_EACH_PACKAGE
def test_one_connection_too_many_is_a_503_that_says_when_to_come_again(
    limited: Server, visitor: Visitor
) -> None:
    with connect_soon(limited, "/full/free") as first:
        with connect_soon(limited, "/full/free"):
            refusal = visitor.be_refused(limited, "/full/free")
            assert (refusal.status, refusal.headers["Retry-After"]) == (503, "5")
            assert refusal.body == b""
            assert_answers(first)
        with connect_soon(limited, "/full/free") as third:
            assert_answers(first)
            assert_answers(third)
    limited.log.excuse("/full/free was refused: 2 connections are open (max_connections)")


def test_who_is_turned_away_takes_no_place(limited: Server) -> None:
    with connect_soon(limited, "/full/free"), connect_soon(limited, "/full/free"):
        for _ in range(5):
            assert refusal_of(limited, "/full/free") == 503
    for _ in range(5):
        with connect_soon(limited, "/full/free"):
            pass


def assert_answers(client: ClientConnection) -> None:
    client.send("here")
    assert client.recv(timeout=PATIENCE) == "4"


def connect_soon(server: Server, path: str) -> ClientConnection:
    """Connect as soon as those that have left have left a place."""
    deadline = time.monotonic() + UNTIL_FREE
    while True:
        try:
            return connect(server.ws + path)
        except InvalidStatus as full:
            if full.response.status_code != 503 or time.monotonic() > deadline:
                raise
