"""What a connection takes of a server's memory when its client offers compression."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from wsproto import ConnectionType, WSConnection
from wsproto.events import AcceptConnection, Event, Request, TextMessage
from wsproto.extensions import Extension, PerMessageDeflate

from tests.cli.launching import OPTIONS, SHOP, Launch, launched

COUNT = 300
MESSAGE = '{"type": "price", "symbol": "ACME", "value": 12.5}' * 4

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


@pytest.fixture(params=OPTIONS)
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Launch]:
    (tmp_path / "shop.py").write_text(SHOP)
    with launched(tmp_path, "shop:app", "--no-compression", *OPTIONS[request.param]) as server:
        yield server


def visit(port: int, *, deflate: bool) -> socket.socket:
    """Open a WebSocket, as a browser does if it offers compression, and talk a little."""
    connection = socket.create_connection(("127.0.0.1", port), timeout=5)
    protocol = WSConnection(ConnectionType.CLIENT)
    offer: list[Extension] = [PerMessageDeflate()] if deflate else []
    connection.sendall(protocol.send(Request(host="localhost", target="/", extensions=offer)))
    assert isinstance(next_event(connection, protocol), AcceptConnection)
    for _ in range(4):
        connection.sendall(protocol.send(TextMessage(MESSAGE)))
        assert next_event(connection, protocol) == TextMessage(MESSAGE)
    return connection


def next_event(connection: socket.socket, protocol: WSConnection) -> Event:
    while True:
        for event in protocol.events():
            return event
        protocol.receive_data(connection.recv(2**16))


def resident(server: Launch) -> float:
    """Give the KiB of memory that the server has at this moment."""
    pages = int(Path(f"/proc/{server.process.pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1024


def test_a_client_that_offers_compression_takes_no_more_than_one_that_does_not(
    server: Launch,
) -> None:
    with ExitStack() as stack:

        def measure(*, deflate: bool) -> float:
            before = resident(server)
            for _ in range(COUNT):
                stack.enter_context(visit(server.port, deflate=deflate))
            return (resident(server) - before) / COUNT

        measure(deflate=False)  # What the first ones take is taken once.
        plain, offering = measure(deflate=False), measure(deflate=True)
    sys.stdout.write(f"KiB for each connection: {plain:.1f}; offering: {offering:.1f}\n")
    assert abs(offering - plain) < 2
