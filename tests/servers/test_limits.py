"""What a client meets that goes beyond a limit, while others go on."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from websockets.sync.client import connect

from tests.servers import limits
from tests.servers.bystanders import bystanders
from tests.servers.clients import close_of
from tests.servers.processes import PATIENCE, Server
from tests.servers.visitors import VISITORS, Visit, Visitor

WITH_EACH_PACKAGE = pytest.mark.parametrize("visitor", VISITORS, ids=str)


@pytest.fixture(autouse=True)
def _others_go_on(limited: Server) -> Iterator[None]:
    with bystanders(limited):
        yield


@WITH_EACH_PACKAGE
@pytest.mark.parametrize(
    ("message", "size"),
    [("x" * 101, 101), ("ü" * 51, 102), ("☃" * 34, 102), (b"\xff" * 101, 101)],
    ids=["ascii", "two-bytes", "three-bytes", "bytes"],
)
def test_a_message_that_is_too_large_is_a_1009(
    limited: Server, visitor: Visitor, message: str | bytes, size: int
) -> None:
    largest: list[str | bytes] = ["x" * 100, "ü" * 50, "☃" * 33, b"\xff" * 100]
    visit = visitor.visit(limited, "/small", [*largest, message])
    assert visit == Visit(["100", "50", "33", "100"], 1009)
    limited.log.excuse(f"/small with 1009: a message of {size} bytes; max_message_size is 100")


def test_the_fragments_of_a_message_count_together(limited: Server) -> None:
    with connect(f"{limited.ws}/small") as client:
        client.send(["x" * 50, "x" * 50])
        assert client.recv(timeout=PATIENCE) == "100"
        client.send(["x" * 50, "x" * 50, "x"])
        assert close_of(client)[0] == 1009


@WITH_EACH_PACKAGE
def test_one_message_more_than_the_burst_is_a_1008(limited: Server, visitor: Visitor) -> None:
    _, burst = limits.BURST
    assert visitor.visit(limited, "/burst", ["?"] * (burst + 1)) == Visit(["1"] * burst, 1008)
    limited.log.excuse("/burst with 1008: more messages than receive_rate=(1.0, 3) allows")


def test_a_client_that_sends_no_more_is_a_1001(limited: Server) -> None:
    """Whether the clock that notices it is the application's or the connection's own."""
    with (
        ThreadPoolExecutor() as threads,
        connect(f"{limited.ws}/lively") as kept,
        connect(f"{limited.ws}/unkept/lively") as unkept,
    ):
        began = time.monotonic()
        visits = [threads.submit(each.visit, limited, "/lively", ["?"]) for each in VISITORS]
        kept.ping()
        assert close_of(kept)[0] == close_of(unkept)[0] == 1001
        assert [visit.result() for visit in visits] == [Visit(["1"], 1001)] * len(VISITORS)
        took = time.monotonic() - began
    assert limits.is_in_time(took, limits.IDLE_TIMEOUT)
    limited.log.excuse("/lively with 1001: no message for 0.5 seconds (idle_timeout)")


def test_clients_that_send_neither_too_much_nor_too_little_go_on(limited: Server) -> None:
    _, burst = limits.PACE
    with connect(f"{limited.ws}/lively") as lively, connect(f"{limited.ws}/pace") as pacing:
        for _ in range(2 * burst):
            time.sleep(limits.IDLE_TIMEOUT / 2.5)
            for client in (lively, pacing):
                client.send("here")
                assert client.recv(timeout=PATIENCE) == "4"
