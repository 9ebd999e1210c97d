"""Bodies that are larger than what a server, a client and the network keep between them."""

from __future__ import annotations

import httpx
import pytest

from tests.servers.clients import note_of
from tests.servers.http_side import MAX_BODY_SIZE
from tests.servers.payloads import BLOCK, block, blocks, digest_of
from tests.servers.processes import Server
from tests.servers.wires import wire_to

BLOCKS = 320
SIZE = BLOCKS * BLOCK


@pytest.fixture(scope="module")
def content() -> bytes:
    return blocks(BLOCKS)


@pytest.mark.parametrize("announced", [True, False], ids=["with-length", "chunked"])
def test_an_upload_arrives_whole(client: httpx.Client, content: bytes, announced: bool) -> None:
    headers = {"Content-Length": str(SIZE)} if announced else {}
    parts = map(block, range(BLOCKS))
    response = client.post("/uploads/raw", content=parts, headers=headers)
    assert response.json() == digest_of(content)


def test_the_files_of_a_form_arrive_whole(client: httpx.Client, content: bytes) -> None:
    part = content[: SIZE // 4]
    files = {"big": ("a.bin", part), "small": ("b.bin", b"b")}
    response = client.post("/uploads/form", files=files)
    assert response.json() == {"big": digest_of(part), "small": digest_of(b"b")}


def test_a_download_arrives_whole(client: httpx.Client, content: bytes) -> None:
    response = client.get(f"/downloads/sized/{SIZE}")
    assert response.headers["content-length"] == str(SIZE)
    assert response.content == content


def test_an_upload_is_echoed_while_it_arrives(
    server: Server, protocol: str, content: bytes
) -> None:
    with wire_to(server, protocol) as wire:
        exchange = wire.open("POST", "/uploads/echo", has_body=True)
        for number in range(BLOCKS):
            exchange.send(block(number))
            if number < 10:
                exchange.wait_for(block(number))
        exchange.finish()
        assert exchange.wait_end() == content


def test_a_generator_that_speaks_first_can_read_the_body_as_it_arrives(
    server: Server, protocol: str
) -> None:
    with wire_to(server, protocol) as wire:
        exchange = wire.open("POST", "/uploads/shout", has_body=True)
        for part in (b"one", b"two", b"three"):
            exchange.send(part)
            exchange.wait_for(part.upper())
        exchange.finish()
        assert exchange.wait_end() == b"listening\nONETWOTHREE"


def test_events_can_tell_of_an_upload_while_it_arrives(server: Server, protocol: str) -> None:
    with wire_to(server, protocol) as wire:
        exchange = wire.open("POST", "/uploads/progress", has_body=True)
        for size in (3, 6, 9):
            exchange.send(b"abc")
            exchange.wait_for(b'data: {"size":%d}\n\n' % size)
        exchange.finish()
        assert exchange.wait_end().startswith(b"data: listening\n\n")


def test_a_body_that_is_too_long_is_a_413_while_it_arrives(server: Server, protocol: str) -> None:
    with wire_to(server, protocol) as wire:
        exchange = wire.open("POST", "/uploads/raw", has_body=True)
        sent = 0
        while exchange.status is None:
            exchange.send(block(0))
            sent += BLOCK
        assert exchange.status == 413
        assert sent > MAX_BODY_SIZE


def test_a_body_that_is_announced_as_too_long_is_a_413_before_it_arrives(
    server: Server, protocol: str
) -> None:
    with wire_to(server, protocol) as wire:
        length = MAX_BODY_SIZE + 1
        exchange = wire.open("POST", "/uploads/raw", has_body=True, length=length)
        exchange.send(block(0))
        wire.run_until(lambda: exchange.status is not None)
        assert exchange.status == 413


def test_a_body_that_nobody_reads_does_not_keep_the_response_back(
    server: Server, protocol: str
) -> None:
    with wire_to(server, protocol) as wire:
        exchange = wire.open("POST", "/uploads/unread", has_body=True)
        while not exchange.body:
            exchange.send(block(0))
        for _ in range(20):
            exchange.send(block(0))
        exchange.finish()
        assert exchange.wait_end() == b"no, thank you"


def test_a_client_that_sends_first_and_reads_then_gets_the_response_to_a_body_that_nobody_reads(
    client: httpx.Client, content: bytes
) -> None:
    response = client.post("/uploads/unread", content=content[: SIZE // 4])
    assert (response.status_code, response.text) == (200, "no, thank you")
    assert client.get("/things").status_code == 200


@pytest.mark.parametrize("way", ["close", "reset"])
def test_a_client_that_leaves_in_the_middle_of_an_upload_is_an_error_of_the_reader(
    server: Server, protocol: str, key: str, way: str
) -> None:
    with wire_to(server, protocol) as wire:
        exchange = wire.open("POST", f"/uploads/watched/{key}", has_body=True)
        exchange.send(b"the first part")
        note_of(server, f"{key}-begun")
        getattr(wire, way)()
        assert "at" in note_of(server, key)


def test_clients_that_vanish_in_the_middle_of_uploads_harm_nobody(
    server: Server, protocol: str, client: httpx.Client
) -> None:
    for path in ("/uploads/raw", "/uploads/unread", "/uploads/echo", "/uploads/shout"):
        for _ in range(5):
            with wire_to(server, protocol) as wire:
                wire.open("POST", path, has_body=True).send(block(0))
                wire.reset()
    assert client.get("/things").status_code == 200
