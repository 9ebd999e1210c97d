"""Responses that come while they are made, and what becomes of them when their client leaves."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import closing

import httpx
import pytest

from anyws.testing import ReceivedEvent
from anyws.testing.event_stream import EventParser
from tests.servers.clients import note_of
from tests.servers.payloads import BLOCK, block, digest_of
from tests.servers.processes import PATIENCE, Server
from tests.servers.wires import Exchange, Http2, wire_to

SOON = 2.0
"""Seconds within which a busy machine notices a departure. Most take some milliseconds."""

SOURCES = {
    "/feeds/vigil": b"data: here\n\n",
    "/downloads/halting": b"only this",
    "/downloads/endless": block(0),
}
UPLOADS = {
    "/uploads/ignored": b"data: here\n\n",
    "/uploads/handed_back": b"some of it",
}


def test_each_event_arrives_before_the_next_one_is_made(client: httpx.Client, key: str) -> None:
    with client.stream("GET", f"/feeds/{key}") as response:
        assert response.headers["content-type"] == "text/event-stream"
        received = events_of(response)
        for post in ("one", "two", "three"):
            assert client.post(f"/feeds/{key}", json=post).status_code == 204
            assert next(received).data == f'"{post}"'
        client.post(f"/feeds/{key}", content="null")
        assert next(received, None) is None


def events_of(response: httpx.Response) -> Iterator[ReceivedEvent]:
    parser = EventParser()
    deadline = time.monotonic() + PATIENCE
    for part in response.iter_raw():
        yield from parser.feed(part)
        assert time.monotonic() < deadline, "nothing comes but pings"


def test_pings_come_by_themselves(client: httpx.Client, key: str) -> None:
    with client.stream("GET", f"/feeds/vigil/{key}") as response:
        parts = response.iter_raw()
        received = b""
        while received.count(b": ping\n\n") < 2:
            received += next(parts)
    assert received == b"data: here\n\n" + 2 * b": ping\n\n"


@pytest.mark.parametrize("way", ["close", "reset"])
@pytest.mark.parametrize("path", SOURCES)
def test_a_client_that_leaves_ends_the_generator_soon(
    server: Server, protocol: str, key: str, path: str, way: str
) -> None:
    with wire_to(server, protocol) as wire:
        wire.open("GET", f"{path}/{key}").wait_for(SOURCES[path])
        left = time.monotonic()
        getattr(wire, way)()
        assert_ended(server, key, left)


@pytest.mark.parametrize("way", ["close", "reset"])
@pytest.mark.parametrize("path", UPLOADS)
def test_a_client_that_leaves_while_both_sides_send_ends_the_generator_soon(
    server: Server, protocol: str, key: str, path: str, way: str
) -> None:
    with wire_to(server, protocol) as wire:
        exchange = wire.open("POST", f"{path}/{key}", has_body=True)
        exchange.send(b"some of it")
        exchange.wait_for(UPLOADS[path])
        left = time.monotonic()
        getattr(wire, way)()
        assert_ended(server, key, left)


@pytest.fixture
def wire(server: Server) -> Iterator[Http2]:
    """A connection of HTTP/2, where the server has that."""
    if "HTTP/2" not in server.kind.protocols:
        pytest.skip(f"{server.kind} does not speak HTTP/2")
    with closing(Http2(server)) as wire:
        yield wire


@pytest.mark.parametrize("path", [*SOURCES, *UPLOADS])
def test_an_exchange_that_is_given_up_ends_the_generator_and_not_the_connection(
    server: Server, wire: Http2, key: str, path: str
) -> None:
    if path in SOURCES:
        exchange = wire.open("GET", f"{path}/{key}")
    else:
        exchange = wire.open("POST", f"{path}/{key}", has_body=True)
        exchange.send(b"some of it")
    exchange.wait_for((SOURCES | UPLOADS)[path])
    left = time.monotonic()
    wire.cancel(exchange)
    assert_ended(server, key, left)
    assert_serves(wire.open("GET", "/things"))


def test_one_connection_has_many_exchanges_beside_a_stream_of_events(
    wire: Http2, key: str
) -> None:
    feed = wire.open("GET", f"/feeds/vigil/{key}")
    feed.wait_for(b"data: here\n\n")
    upload = wire.open("POST", "/uploads/raw", has_body=True)
    download = wire.open("GET", f"/downloads/sized/{40 * BLOCK}")
    for number in range(40):
        upload.send(block(number))
        assert_serves(wire.open("GET", "/things"))
    assert not upload.ended
    upload.finish()
    content = download.wait_end()
    assert json.loads(upload.wait_end()) == digest_of(content)
    pings = feed.body.count(b": ping")
    wire.run_until(lambda: feed.body.count(b": ping") > pings)
    assert not feed.ended


def assert_ended(server: Server, key: str, left: float) -> None:
    """Fail unless the generator has ended soon, in its own task where there is a choice."""
    note = note_of(server, key)
    assert isinstance(note["at"], float)
    assert note["at"] - left < SOON
    assert note.get("own_task", True)


def assert_serves(exchange: Exchange) -> None:
    """Fail unless the exchange comes to a good end."""
    exchange.wait_end()
    assert exchange.status == 200
