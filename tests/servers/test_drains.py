"""A SIGTERM at the launcher while many clients are in the middle of something."""

from __future__ import annotations

import asyncio
import re
import signal
import socket
import ssl
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from tests.cli.certificates import make_certificate
from tests.servers.clients import close_of
from tests.servers.drained import SECTION, SLOW
from tests.servers.guests import Guest, invite
from tests.servers.processes import KINDS, PATIENCE, Kind, Server

DEADLINE: Final = 6.0
SPREAD: Final = 2.0
_LATE: Final = 0.5
"""Seconds by which a busy machine may be late."""

_TARGET: Final = "tests.servers.drained:app"
_LAUNCHERS: Final = {kind.name: kind for kind in KINDS if "anyws" in kind.command}


def draining(kind: Kind, *, target: str = _TARGET, deadline: float, spread: float = 0.0) -> Kind:
    """The launcher with an application that drains."""
    times = ("--drain-deadline", str(deadline), "--drain-spread", str(spread))
    kind = kind.serving(target)
    return replace(kind, command=(*kind.command, *times))


@pytest.fixture(params=_LAUNCHERS.values(), ids=str)
def kind(request: pytest.FixtureRequest) -> Kind:
    """Each of the launcher's event loops."""
    kind: Kind = request.param
    return kind


@dataclass
class Farewell:
    """How a server has ended."""

    began: float
    exit_code: int | None
    took: float


@pytest.mark.parametrize(("name", "share"), [("trio", 1), ("asyncio", 1), ("uvloop", 5)])
def test_everybody_hears_of_it_in_time_and_critical_sections_finish(
    start: Callable[[Kind], Server], name: str, share: int
) -> None:
    server = start(draining(_LAUNCHERS[name], deadline=DEADLINE, spread=SPREAD))
    readers = [Guest("/idle") for _ in range(290 // share)]
    readers += [Guest("/busy") for _ in range(100 // share)]
    deaf = [Guest("/flood", reads=False) for _ in range(100 // share)]
    critical = [Guest("/section") for _ in range(10 // share)]
    farewell = asyncio.run(see_out(server, [*readers, *deaf], critical))
    assert (farewell.exit_code, farewell.took < DEADLINE) == (0, True), farewell
    assert Counter(guest.code for guest in readers + critical) == {1012: len(readers + critical)}
    left = sorted(guest.left_at - farewell.began for guest in readers)
    assert left[-1] < SPREAD + _LATE
    # As many in each half, if nobody is late.
    assert 0.3 * len(left) < sum(after < SPREAD / 2 for after in left) < 0.7 * len(left)
    assert {guest.texts[-1] for guest in critical} == {b"done"}
    assert all(guest.left_at - farewell.began < SECTION + SPREAD + _LATE for guest in critical)
    assert server.log.since(0).endswith("services ended\n")
    assert server.log.take_complaint() is None


async def see_out(
    server: Server, guests: list[Guest], late: list[Guest], tls: ssl.SSLContext | None = None
) -> Farewell:
    """Have the guests come, end the server by a signal, and wait until it has ended."""
    visits = await invite(server.port, guests, tls) + await invite(server.port, late, tls)
    began = time.monotonic()
    server.process.send_signal(signal.SIGTERM)
    waiting = asyncio.to_thread(server.process.wait, DEADLINE + PATIENCE)
    code, *_ = await asyncio.gather(waiting, *(visit.stay() for visit in visits))
    took = time.monotonic() - began
    for visit in visits:
        visit.leave()
    server.log.wait_end()
    return Farewell(began, code, took)


def test_requests_get_their_time_and_event_streams_end_while_health_checks_are_answered(
    start: Callable[[Kind], Server], kind: Kind
) -> None:
    server = start(draining(kind, deadline=DEADLINE))
    with (
        httpx.Client(base_url=server.http, timeout=PATIENCE) as client,
        ThreadPoolExecutor() as threads,
        connect(f"{server.ws}/section") as critical,
    ):
        assert critical.recv(timeout=PATIENCE) == "begun"
        events = threads.submit(httpx.get, f"{server.http}/events", timeout=PATIENCE)
        server.log.find(re.compile("ticked"))
        slow = threads.submit(httpx.get, f"{server.http}/slow", timeout=PATIENCE)
        server.log.find(re.compile("asked"))
        assert client.get("/health").json() is False
        server.process.terminate()
        began = time.monotonic()
        assert events.result().text.startswith("data: tick")
        assert time.monotonic() - began < _LATE
        health = client.get("/health")
        assert (health.json(), health.headers["connection"]) == (True, "close")
        with pytest.raises(InvalidStatus) as refused:
            connect(f"{server.ws}/idle")
        assert refused.value.response.status_code == 503
        assert slow.result().text == "here it is"
        assert critical.recv(timeout=PATIENCE) == "done"
        assert close_of(critical) == (1012, "")
    assert server.wait() == 0
    assert time.monotonic() - began < max(SECTION, SLOW) + 2 * _LATE
    assert server.log.since(0).endswith("services ended\n")
    assert server.log.take_complaint() is None


def test_a_request_that_does_not_end_is_cancelled_before_the_deadline(
    start: Callable[[Kind], Server], kind: Kind
) -> None:
    server = start(draining(kind, deadline=1))
    with ThreadPoolExecutor() as threads:
        never = threads.submit(httpx.get, f"{server.http}/never", timeout=PATIENCE)
        server.log.find(re.compile("asked"))
        server.process.terminate()
        began = time.monotonic()
        assert server.wait() == 0
        assert time.monotonic() - began < 1 + _LATE
        assert never.result().status_code == 500
    assert server.log.since(0).endswith("services ended\n")


def test_clients_that_do_not_read_or_never_finish_their_tls_handshake_are_cut(
    start: Callable[[Kind], Server], kind: Kind, tmp_path: Path
) -> None:
    certificate = make_certificate(tmp_path)
    kind = draining(kind, deadline=2)
    files = ("--certfile", str(certificate.certfile), "--keyfile", str(certificate.keyfile))
    server = start(replace(kind, command=(*kind.command, *files)))
    deaf = [Guest("/flood", reads=False) for _ in range(5)]
    with closing(socket.create_connection(("127.0.0.1", server.port))) as half:
        half.sendall(b"\x16\x03\x01")
        farewell = asyncio.run(see_out(server, deaf, [], certificate.client_context()))
    assert (farewell.exit_code, farewell.took < 2) == (0, True), farewell
    assert server.log.since(0).endswith("services ended\n")
    assert "dropped" not in server.log.since(0)


def test_a_second_signal_skips_the_drain(start: Callable[[Kind], Server], kind: Kind) -> None:
    server = start(draining(kind, deadline=60, spread=30))
    with ExitStack() as stack:
        for _ in range(20):
            stack.enter_context(connect(f"{server.ws}/idle"))
        server.process.send_signal(signal.SIGINT)
        health = httpx.get(f"{server.http}/health")
        assert health.json() is True
        began = time.monotonic()
        server.process.send_signal(signal.SIGINT)
        assert server.wait() == 0
    assert time.monotonic() - began < 2


def test_an_app_in_asgi_middleware_is_drained(start: Callable[[Kind], Server], kind: Kind) -> None:
    target = "tests.servers.drained:wrapped"
    server = start(draining(kind, target=target, deadline=DEADLINE))
    with connect(f"{server.ws}/section") as critical:
        assert critical.recv(timeout=PATIENCE) == "begun"
        server.process.terminate()
        assert critical.recv(timeout=PATIENCE) == "done"
        assert close_of(critical) == (1012, "")
    assert server.wait() == 0


def test_another_frameworks_sockets_are_ended_at_once_and_its_requests_get_their_time(
    start: Callable[[Kind], Server], kind: Kind
) -> None:
    target = "tests.servers.foreign:app"
    server = start(draining(kind, target=target, deadline=DEADLINE, spread=SPREAD))
    with connect(f"{server.ws}/echo") as echo, ThreadPoolExecutor() as threads:
        slow = threads.submit(httpx.get, f"{server.http}/slow", timeout=PATIENCE)
        server.log.find(re.compile("asked"))
        server.process.terminate()
        began = time.monotonic()
        assert close_of(echo) == (1011, "")
        assert time.monotonic() - began < _LATE
        assert slow.result().text == "here it is"
    assert server.wait() == 0
    assert server.log.since(0).endswith("services ended\n")
