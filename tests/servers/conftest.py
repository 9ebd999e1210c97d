"""The servers, one of each kind at a time, and the watch on what they print."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from uuid import uuid4

import pytest

from tests.servers.processes import KINDS, Kind, Server, running


@pytest.fixture(scope="session", params=KINDS, ids=str)
def running_server(request: pytest.FixtureRequest) -> Iterator[Server]:
    """Each server in turn, from the first test that needs it to the last one."""
    kind: Kind = request.param
    with running(kind) as server:
        yield server
    assert server.process.returncode == kind.exit_code, server.log.since(0)
    assert server.log.take_complaint() is None


@pytest.fixture
def server(running_server: Server) -> Iterator[Server]:
    """The server; what it prints is shown with a test that fails, and may not tell of an error."""
    start = len(running_server.log)
    yield running_server
    sys.stderr.write(running_server.log.since(start))
    assert running_server.log.take_complaint() is None


@pytest.fixture
def start() -> Iterator[Callable[[Kind], Server]]:
    """A way to start servers of the test's own; what they print is shown if it fails."""
    with ExitStack() as stack:

        def start_server(kind: Kind) -> Server:
            server = stack.enter_context(running(kind))
            stack.callback(lambda: sys.stderr.write(server.log.since(0)))
            return server

        yield start_server


@pytest.fixture
def key() -> str:
    """A name that no other connection has."""
    return uuid4().hex
