"""What clients see when their server is told to end."""

from __future__ import annotations

import signal
import time
from typing import Final

from websockets.sync.client import connect

from tests.servers.clients import farewell_of
from tests.servers.processes import PATIENCE, Server

PROMPT: Final = 5.0
"""Seconds that a server may take to end, on a busy machine."""


def farewells(server: Server) -> list[int]:
    """End a server that has three clients, and give the close codes that they get."""
    with (
        connect(f"{server.ws}/echo") as listening,
        connect(f"{server.ws}/vigil/working/a") as working,
        connect(f"{server.ws}/vigil/sending/b") as sending,
    ):
        assert working.recv(timeout=PATIENCE) == "at work"
        asked = time.monotonic()
        server.process.send_signal(signal.SIGTERM)
        codes = [farewell_of(client) for client in (listening, working, sending)]
        assert server.wait() == server.kind.exit_code
        assert time.monotonic() - asked < PROMPT
    return codes
