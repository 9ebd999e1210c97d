"""Writes of the Trio worker that meet the end of their connection."""

from __future__ import annotations

from typing import Any, cast

import pytest
import trio
from hypercorn.config import Config
from hypercorn.events import Closed, Event

from anyws.cli.worker.on_trio import Connection
from tests.conftest import BACKENDS

pytestmark = pytest.mark.parametrize("anyio_backend", BACKENDS[2:])


class Protocol:
    """What Hypercorn has between a connection and its application: it notes what it is told."""

    def __init__(self) -> None:
        self.told: list[Event] = []

    async def handle(self, event: Event) -> None:
        self.told.append(event)


async def test_a_write_while_the_connection_is_closed_tells_of_its_end_and_fails_nobody() -> None:
    ours, theirs = trio.socket.socketpair()
    stream = trio.SocketStream(ours)
    nothing = cast("Any", None)
    connection = Connection(nothing, Config(), nothing, {}, cast("Any", stream))
    protocol = Protocol()
    connection.protocol = cast("Any", protocol)
    closing = stream.send_eof()
    closing.send(None)  # It waits for its turn, and the stream is busy with it.
    await connection._write(b"late")
    closing.close()
    await stream.aclose()
    theirs.close()
    assert protocol.told == [Closed()]
