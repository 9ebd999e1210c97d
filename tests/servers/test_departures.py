"""Clients that leave, with and without a word, and how soon that is noticed."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from websockets.sync.client import connect

from tests.servers.clients import RawSocket, note_of, raw_socket
from tests.servers.processes import PATIENCE, Server

SOON = 2.0
"""Seconds within which a busy machine notices a departure. Most take some milliseconds."""

WAYS_TO_VANISH = [
    pytest.param(RawSocket.abort, id="reset"),
    pytest.param(RawSocket.shut, id="end-of-stream"),
]


@pytest.mark.parametrize("vanish", WAYS_TO_VANISH)
@pytest.mark.parametrize("vigil", ["sending", "working", "watching"])
def test_a_client_that_vanished_is_noticed(
    server: Server, key: str, vigil: str, vanish: Callable[[RawSocket], None]
) -> None:
    with raw_socket(server, f"/vigil/{vigil}/{key}") as client:
        if vigil != "watching":
            client.wait_for(b"tick" if vigil == "sending" else b"at work")
        vanish(client)
        left = time.monotonic()
        assert note_of(server, key)["code"] in (1005, 1006)
        assert time.monotonic() - left < SOON


@pytest.mark.parametrize("vigil", ["sending", "working", "watching"])
def test_a_client_that_says_farewell_is_noticed(server: Server, key: str, vigil: str) -> None:
    with connect(f"{server.ws}/vigil/{vigil}/{key}") as client:
        if vigil != "watching":
            client.recv(timeout=PATIENCE)
        client.close(4001)
        left = time.monotonic()
        assert note_of(server, key)["code"] == (4001 if server.kind.tells_close else 1006)
        assert time.monotonic() - left < SOON


def test_work_that_nobody_waits_for_any_more_stops(server: Server, key: str) -> None:
    with connect(f"{server.ws}/vigil/working/{key}") as client:
        assert client.recv(timeout=PATIENCE) == "at work"
    left = time.monotonic()
    assert note_of(server, key)["caught"] is True
    assert time.monotonic() - left < SOON


def test_a_client_that_vanishes_in_the_handshake_harms_nobody(server: Server) -> None:
    for _ in range(20):
        with raw_socket(server, "/handshake/headers") as client:
            client.abort()
    with connect(f"{server.ws}/echo") as client:
        client.send("still here")
        assert client.recv(timeout=PATIENCE) == "still here"
