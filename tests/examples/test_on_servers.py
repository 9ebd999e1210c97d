"""Each example under `anyws serve`, in a process of its own, and a client of another library."""

from __future__ import annotations

import json
import re
from collections.abc import Generator
from contextlib import contextmanager

import httpx
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.conftest import BACKENDS
from tests.servers.processes import PATIENCE, Kind, Server, running

# uvloop adds nothing but time here.
pytestmark = pytest.mark.parametrize("anyio_backend", [BACKENDS[0], BACKENDS[2]], indirect=True)


@contextmanager
def serving(example: str, backend: str) -> Generator[Server]:
    """Serve an example. Nothing that it prints may tell of an error, nor its exit code."""
    target = f"examples.{example}:app"
    kind = Kind(
        f"{example} on {backend}",
        ("anyws", "serve", target, "--port", "0", "--backend", backend),
        tells_close=False,
        sends_wait=backend == "trio",
    )
    with running(kind) as server:
        yield server
    assert server.process.returncode == 0, server.log.since(0)
    assert server.log.take_complaint() is None, server.log.since(0)


def texts(socket: ClientConnection, count: int) -> list[str | bytes]:
    return [socket.recv(PATIENCE) for _ in range(count)]


def end_of(socket: ClientConnection) -> int:
    with pytest.raises(ConnectionClosed) as closed:
        socket.recv(PATIENCE)
    assert closed.value.rcvd is not None
    return closed.value.rcvd.code


def test_prices_come_until_the_client_leaves(backend_name: str) -> None:
    with serving("prices", backend_name) as server:
        with connect(f"{server.ws}/prices/tea") as socket:
            for _ in range(100):
                socket.send("nobody listens")
            for text in texts(socket, 2):
                assert json.loads(text).keys() == {"name", "price"}
        server.log.find(re.compile(r"a client has left after \d+ prices of tea"))


def test_members_hear_each_other_and_who_leaves(backend_name: str) -> None:
    with serving("chat", backend_name) as server:
        room = f"{server.ws}/rooms/tea"
        with connect(f"{room}?name=bob") as bob:
            assert texts(bob, 1) == ["bob is here"]
            with connect(f"{room}?name=eve") as eve:
                assert texts(eve, 1) == ["eve is here"]
                eve.send("hi")
                assert texts(eve, 1) == ["eve: hi"]
            assert texts(bob, 3) == ["eve is here", "eve: hi", "eve has left"]


def test_a_job_ends_with_its_client(backend_name: str) -> None:
    with serving("jobs", backend_name) as server:
        with connect(f"{server.ws}/primes") as socket:
            socket.send('{"below": 100000}')
            assert json.loads(texts(socket, 1)[0]) == {"below": 100_000, "primes": 9592}
            socket.send('{"below": 1000000000}')
        server.log.find(re.compile("a job below 1000000000 has ended"))
        assert httpx.get(f"{server.http}/jobs").json() == {"running": 0}


def test_a_device_reports_behind_its_key(
    backend_name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DEVICE_KEYS", "pump:a-real-secret")
    with serving("devices", backend_name) as server:
        with connect(f"{server.ws}/devices/pump") as socket:
            for message in ("a-real-secret", '{"celsius": 21.5}', "no reading"):
                socket.send(message)
            assert end_of(socket) == 3400
        assert httpx.get(f"{server.http}/devices").json() == {"pump": {"celsius": 21.5}}
        with connect(f"{server.ws}/devices/pump") as socket:
            socket.send("not-the-secret")
            assert end_of(socket) == 3401
    assert "secret" not in server.log.since(0)


def test_a_proxy_joins_its_clients_with_the_chat_behind_it(
    backend_name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving("chat", backend_name) as upstream:
        monkeypatch.setenv("UPSTREAM", upstream.http)
        with (
            serving("proxy", backend_name) as server,
            connect(f"{upstream.ws}/rooms/tea?name=bob") as bob,
        ):
            assert texts(bob, 1) == ["bob is here"]
            with connect(f"{server.ws}/rooms/tea?name=eve") as eve:
                eve.send("hi")
                assert texts(eve, 2) == ["eve is here", "eve: hi"]
            assert texts(bob, 3) == ["eve is here", "eve: hi", "eve has left"]
