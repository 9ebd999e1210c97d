"""Clients that have no part in what happens, and go on meanwhile."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Final

from websockets.sync.client import ClientConnection, connect

from tests.servers.processes import PATIENCE, Server

CROWD: Final = 3
CALM: Final = 0.45
"""Seconds that an answer may take on a busy machine. Every limit of time is longer."""
_PAUSE: Final = 0.01


class Bystanders:
    """Clients that talk with the server, one after the other, again and again."""

    def __init__(self, clients: list[ClientConnection]) -> None:
        self._clients = clients
        self._over = threading.Event()
        self.longest = 0.0
        """Seconds that one of them has waited for an answer, at most."""

    def talk(self) -> None:
        """Talk until `end()`, and once more after it."""
        while not self._over.wait(_PAUSE):
            self._ask_all()
        self._ask_all()

    def end(self) -> None:
        """Have `talk()` end."""
        self._over.set()

    def _ask_all(self) -> None:
        for client in self._clients:
            asked = time.monotonic()
            client.send("still here")
            assert client.recv(timeout=PATIENCE) == "10"
            self.longest = max(self.longest, time.monotonic() - asked)


@contextmanager
def bystanders(server: Server) -> Iterator[Bystanders]:
    """Have clients talk with the server, and check that each got its answers in time."""
    with ExitStack() as stack:
        clients = [stack.enter_context(connect(f"{server.ws}/free")) for _ in range(CROWD)]
        crowd = Bystanders(clients)
        # What it raises is a warning, and so an error of the test.
        thread = threading.Thread(target=crowd.talk)
        thread.start()
        try:
            yield crowd
        finally:
            crowd.end()
            thread.join()
        assert crowd.longest < CALM
