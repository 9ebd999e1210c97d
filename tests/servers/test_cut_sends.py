"""Sends that an application cancels in the middle, straight at the server."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.servers.cut_sends import SENDS
from tests.servers.processes import KINDS, PATIENCE, Server, running
from tests.servers.singing import number_of
from tests.servers.songs import slow_listener


@pytest.fixture(scope="module")
def on_trio() -> Iterator[Server]:
    """The launcher on Trio, with an application that cancels sends."""
    [kind] = (kind for kind in KINDS if str(kind) == "trio")
    with running(kind.serving("tests.servers.cut_sends:app")) as server:
        yield server
    assert server.log.take_complaint() is None


@pytest.mark.parametrize("seed", range(3))
def test_on_trio_the_server_loses_no_frame_of_a_send_that_is_cancelled_in_it(
    on_trio: Server, seed: int
) -> None:
    """While pongs are under way, and the compression has to stay in step."""
    with slow_listener(on_trio, f"/?{seed}") as client:
        assert client.protocol.extensions, "the server does not compress"
        numbers = []
        while not (message := str(client.recv(timeout=PATIENCE))).startswith("{"):
            numbers.append(number_of(message))
            for _ in range(3):
                client.ping()
        account = json.loads(message)
        client.send("go on")
        assert client.recv(timeout=PATIENCE) == "still in step"
    assert numbers == sorted(set(numbers)), "twice, or out of order"
    assert set(account["returned"]) <= set(numbers), "lost, though the send had returned"
    assert account["cancelled"] > SENDS / 10
