"""HTTP on Hypercorn by its own command, without help from the launcher."""

from __future__ import annotations

import time
from collections.abc import Callable
from uuid import uuid4

import httpx
import pytest

from tests.servers.clients import note_of
from tests.servers.payloads import block, blocks
from tests.servers.processes import PATIENCE, PLAIN_HYPERCORN, Kind, Server
from tests.servers.wires import Http2, wire_to

SOON = 2.0


@pytest.mark.parametrize("kind", PLAIN_HYPERCORN, ids=str)
def test_bodies_and_departures_leave_the_server_as_it_was(
    start: Callable[[Kind], Server], kind: Kind
) -> None:
    server = start(kind)
    for protocol in kind.protocols:
        check_departures(server, protocol)
        check_echo(server, protocol)
        check_early_response(server, protocol)
    check_many_bodies(server)
    assert server.log.take_complaint() is None


def check_departures(server: Server, protocol: str) -> None:
    for path in ("/feeds/vigil", "/downloads/endless", "/downloads/halting"):
        key = uuid4().hex
        with wire_to(server, protocol) as wire:
            exchange = wire.open("GET", f"{path}/{key}")
            wire.run_until(lambda: bool(exchange.body))  # noqa: B023  # it is over before the next
            left = time.monotonic()
            wire.close()
            ended = note_of(server, key)["at"]
        assert isinstance(ended, float)
        assert ended - left < SOON


def check_echo(server: Server, protocol: str) -> None:
    with wire_to(server, protocol) as wire:
        exchange = wire.open("POST", "/uploads/echo", has_body=True)
        for number in range(40):
            exchange.send(block(number))
        exchange.finish()
        assert exchange.wait_end() == blocks(40)


def check_early_response(server: Server, protocol: str) -> None:
    with wire_to(server, protocol) as wire:
        exchange = wire.open("POST", "/uploads/unread", has_body=True)
        for _ in range(40):
            exchange.send(block(0))
        exchange.finish()
        assert exchange.wait_end() == b"no, thank you"
        if isinstance(wire, Http2):
            assert wire.open("GET", "/things").wait_end()


def check_many_bodies(server: Server) -> None:
    with httpx.Client(base_url=server.http, http1=False, http2=True, timeout=PATIENCE) as client:
        for number in range(30):
            assert client.post("/things", json=number).json() == {"echo": number}
