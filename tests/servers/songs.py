"""Listening to a song with cuts."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from websockets.sync.client import ClientConnection, connect

from tests.servers.processes import PATIENCE, Server
from tests.servers.singing import Account, number_of

STALL: Final = 0.2
"""Seconds in which everything between a sender and a listener who does not listen fills up."""


@contextmanager
def slow_listener(server: Server, path: str) -> Iterator[ClientConnection]:
    """Connect, and let what comes pile up until the server is held back."""
    with socket.socket() as narrow:
        # A smaller one would have the kernel trickle: the window opens too little at a time.
        narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2**16)
        narrow.connect(("127.0.0.1", server.port))
        with connect(server.ws + path, sock=narrow) as client:
            time.sleep(STALL)
            yield client


def check_song(server: Server, client: ClientConnection) -> Account:
    """Check that what arrives of a song agrees with the singers' own account of it."""
    assert client.protocol.extensions, "the server does not compress"
    numbers = []
    while not (message := str(client.recv(timeout=PATIENCE))).startswith("{"):
        numbers.append(number_of(message))
        client.ping()  # The server answers, and so writes between its own messages.
    account: Account = json.loads(message)
    assert numbers == sorted(set(numbers)), "twice, or out of order"
    assert set(account["returned"]) <= set(numbers), "lost, though the send had returned"
    assert len(account["returned"]) + account["cut"] == account["begun"]
    if server.kind.sends_wait:
        assert set(account["doomed"]).isdisjoint(numbers), "sent from a cancelled scope"
    client.send("still in step")
    assert client.recv(timeout=PATIENCE) == "still in step"
    return account
