"""A SIGTERM while sockets are open."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.servers.farewells import farewells
from tests.servers.processes import KINDS, Kind, Server


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_a_sigterm_says_farewell_to_every_client_and_ends_the_process_soon(
    start: Callable[[Kind], Server], kind: Kind
) -> None:
    server = start(kind)
    assert set(farewells(server)) <= set(kind.goodbyes)
    assert server.log.take_complaint() is None


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_an_idle_server_ends_at_once(start: Callable[[Kind], Server], kind: Kind) -> None:
    server = start(kind)
    server.process.terminate()
    assert server.wait() == kind.exit_code
    assert server.log.take_complaint() is None
