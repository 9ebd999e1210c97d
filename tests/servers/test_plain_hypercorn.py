"""Hypercorn by its own command: what the framework does there without help from its launcher."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest
from websockets.sync.client import connect

from tests.servers.farewells import farewells
from tests.servers.pings import check_crossing
from tests.servers.processes import (
    HYPERCORN_ON_ASYNCIO,
    HYPERCORN_ON_TRIO,
    HYPERCORN_ON_UVLOOP,
    Kind,
    Server,
)
from tests.servers.songs import check_song

ENDLESS = pytest.mark.skipif(
    sys.version_info >= (3, 12), reason="Hypercorn does not end with open sockets there"
)
KINDS = [HYPERCORN_ON_TRIO, pytest.param(HYPERCORN_ON_ASYNCIO, marks=ENDLESS)]


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_a_responder_that_the_server_itself_cancels_says_farewell(
    start: Callable[[Kind], Server], kind: Kind
) -> None:
    assert set(farewells(start(kind))) == {1001}


def test_on_trio_a_cancelled_send_is_whole_or_nothing(start: Callable[[Kind], Server]) -> None:
    server = start(HYPERCORN_ON_TRIO)
    for seed in range(3):
        with connect(f"{server.ws}/singers/cut/{seed}") as client:
            check_song(server, client)


def test_on_uvloop_a_send_that_is_cancelled_behind_a_pong_is_whole_or_nothing(
    start: Callable[[Kind], Server], key: str
) -> None:
    check_crossing(start(HYPERCORN_ON_UVLOOP.serving("tests.servers.limited:app")), key)
