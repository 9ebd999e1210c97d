"""Messages of every kind, to a real server and back."""

from __future__ import annotations

import json

import msgpack  # type: ignore[import-untyped]  # has no types
import pytest
from websockets.sync.client import connect

from tests.servers.processes import PATIENCE, Server


@pytest.mark.parametrize("message", ["", "text", "ünï ☃", "x" * 100_000])
def test_text_comes_back_as_text(server: Server, message: str) -> None:
    with connect(f"{server.ws}/echo") as client:
        client.send(message)
        assert client.recv(timeout=PATIENCE) == message


@pytest.mark.parametrize("message", [b"", b"\x00\xff", b"x" * 100_000])
def test_bytes_come_back_as_bytes(server: Server, message: bytes) -> None:
    with connect(f"{server.ws}/echo") as client:
        client.send(message)
        assert client.recv(timeout=PATIENCE) == message


def test_an_object_comes_back_as_json_in_a_text_message(server: Server) -> None:
    with connect(f"{server.ws}/echo/json") as client:
        client.send(json.dumps({"number": 1, "list": [None, "☃"]}))
        answer = client.recv(timeout=PATIENCE)
    assert isinstance(answer, str)
    assert json.loads(answer) == {"echo": {"number": 1, "list": [None, "☃"]}}


def test_an_object_comes_back_as_message_pack_in_a_binary_message(server: Server) -> None:
    with connect(f"{server.ws}/echo/msgpack") as client:
        client.send(msgpack.packb({"number": 1, "raw": b"\x00"}))
        answer = client.recv(timeout=PATIENCE)
    assert isinstance(answer, bytes)
    assert msgpack.unpackb(answer) == {"echo": {"number": 1, "raw": b"\x00"}}


def test_messages_in_fragments_arrive_whole(server: Server) -> None:
    with connect(f"{server.ws}/echo") as client:
        client.send(["one ", "two ", "three"])
        assert client.recv(timeout=PATIENCE) == "one two three"


def test_many_messages_come_back_in_their_order(server: Server) -> None:
    with connect(f"{server.ws}/echo") as client:
        for number in range(100):
            client.send(str(number))
        assert [client.recv(timeout=PATIENCE) for _ in range(100)] == [
            str(number) for number in range(100)
        ]
