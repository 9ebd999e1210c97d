"""The servers, one of each kind at a time, and the watch on what they print."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from uuid import uuid4

import httpx
import pytest

from tests.servers.processes import KINDS, PATIENCE, PLAIN_HYPERCORN, Kind, Server, running


@pytest.fixture(scope="session", params=KINDS, ids=str)
def running_server(request: pytest.FixtureRequest) -> Iterator[Server]:
    """Each server in turn, from the first test that needs it to the last one."""
    yield from _from_start_to_end(request.param)


@pytest.fixture
def server(running_server: Server) -> Iterator[Server]:
    """The server; what it prints is shown with a test that fails, and may not tell of an error."""
    yield from _listened_to(running_server)


@pytest.fixture(scope="session", params=[*KINDS, *PLAIN_HYPERCORN], ids=str)
def running_limited(request: pytest.FixtureRequest) -> Iterator[Server]:
    """Each server in turn, with the applications that have narrow limits."""
    kind: Kind = request.param
    yield from _from_start_to_end(kind.serving("tests.servers.limited:app"))


@pytest.fixture
def limited(running_limited: Server) -> Iterator[Server]:
    """The server of the applications that have narrow limits, listened to like any other."""
    yield from _listened_to(running_limited)


def _from_start_to_end(kind: Kind) -> Iterator[Server]:
    with running(kind) as server:
        yield server
    assert server.process.returncode == kind.exit_code, server.log.since(0)
    assert server.log.take_complaint() is None


def _listened_to(server: Server) -> Iterator[Server]:
    start = len(server.log)
    yield server
    sys.stderr.write(server.log.since(start))
    assert server.log.take_complaint() is None


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


@pytest.fixture(params=["HTTP/1.1", "HTTP/2"])
def protocol(request: pytest.FixtureRequest, server: Server) -> str:
    """Each version of HTTP in turn, as far as the server speaks it."""
    version: str = request.param
    if version not in server.kind.protocols:
        pytest.skip(f"{server.kind} does not speak {version}")
    return version


@pytest.fixture
def client(server: Server, protocol: str) -> Iterator[httpx.Client]:
    """A client that speaks that version of HTTP and no other."""
    http2 = protocol == "HTTP/2"
    with httpx.Client(
        base_url=server.http, http1=not http2, http2=http2, timeout=PATIENCE
    ) as client:
        yield client
