"""`anyws serve` behind nginx and behind Caddy, as the folder `deploy` has them configured."""

from __future__ import annotations

import json
import signal
import socket
from collections.abc import Callable, Iterator

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin

from tests.servers.clients import close_of
from tests.servers.processes import PATIENCE, Kind, Server, running
from tests.servers.proxies import BRANDS, Brand, Proxy, proxying

TARGET = "tests.servers.fronted:app"
CLIENT = "127.0.0.2"
"""An address of this machine that is none of a proxy."""

SERVERS = [
    Kind(
        backend,
        (
            "anyws",
            "serve",
            TARGET,
            "--port",
            "0",
            "--proxy-headers",
            "127.0.0.1",
            "--backend",
            backend,
        ),
        tells_close=False,
        sends_wait=backend == "trio",
    )
    for backend in ("trio", "asyncio")
]


@pytest.fixture(scope="module", params=BRANDS, ids=str)
def brand(request: pytest.FixtureRequest) -> Brand:
    """Each proxy in turn, if it is installed."""
    brand: Brand = request.param
    if brand.command is None:
        pytest.skip(f"Debian's package {brand} is not installed")
    return brand


@pytest.fixture(scope="module")
def proxy(brand: Brand) -> Iterator[Proxy]:
    """A proxy in front of a server on Trio."""
    with running(SERVERS[0]) as server, proxying(brand, server) as proxy:
        yield proxy
    assert server.log.take_complaint() is None


@pytest.fixture
def client(proxy: Proxy) -> Iterator[httpx.Client]:
    """A client whose address is not that of the proxy."""
    transport = httpx.HTTPTransport(local_address=CLIENT)
    with httpx.Client(base_url=proxy.http, transport=transport, timeout=PATIENCE) as client:
        yield client


def test_a_websocket_goes_through_in_both_directions(proxy: Proxy) -> None:
    with connect(f"{proxy.ws}/echo") as connection:
        for message in ("one", "x" * 100_000):
            connection.send(message)
            assert connection.recv(timeout=PATIENCE) == message
    assert connection.close_code == 1000


def test_a_page_of_the_proxys_host_may_connect(proxy: Proxy) -> None:
    with connect(f"{proxy.ws}/echo", origin=Origin(proxy.http)) as connection:
        connection.send("hi")
        assert connection.recv(timeout=PATIENCE) == "hi"


@pytest.mark.parametrize("forged", [{}, {"X-Forwarded-Host": "other.example"}])
def test_a_page_of_another_host_is_refused(proxy: Proxy, forged: dict[str, str]) -> None:
    with (
        pytest.raises(InvalidStatus) as refused,
        connect(
            f"{proxy.ws}/echo", origin=Origin("http://other.example"), additional_headers=forged
        ),
    ):
        pass
    assert refused.value.response.status_code == 403


@pytest.mark.parametrize(
    "forged", [{}, {"X-Forwarded-For": "10.9.9.9", "X-Forwarded-Proto": "https"}]
)
def test_the_client_has_its_own_address(
    proxy: Proxy, client: httpx.Client, forged: dict[str, str]
) -> None:
    seen = {"address": CLIENT, "scheme": "http", "host": "127.0.0.1"}
    assert client.get("/visitor", headers=forged).json() == seen
    with (
        socket.create_connection(("127.0.0.1", proxy.port), source_address=(CLIENT, 0)) as sock,
        connect(f"{proxy.ws}/visitor", sock=sock, additional_headers=forged) as connection,
    ):
        assert json.loads(connection.recv(timeout=PATIENCE)) == {**seen, "scheme": "ws"}


@pytest.mark.parametrize("path", ["/steps", "/steps/plain"])
def test_events_and_the_parts_of_a_stream_arrive_one_by_one(
    client: httpx.Client, path: str
) -> None:
    with client.stream("GET", path) as stream:
        lines = stream.iter_lines()
        for number in range(3):
            assert next(line for line in lines if line) == f"data: {number}"
            assert client.post("/steps").status_code == 200


def test_an_upload_arrives_while_it_is_sent(client: httpx.Client) -> None:
    def parts() -> Iterator[bytes]:
        yield b"first"
        assert client.get("/upload").status_code == 200
        yield b"second"

    assert client.post("/upload", content=parts()).json() == len("firstsecond")


@pytest.mark.parametrize("kind", SERVERS, ids=str)
def test_a_drain_reaches_the_clients_and_the_health_check(
    start: Callable[[Kind], Server], brand: Brand, kind: Kind
) -> None:
    server = start(kind)
    with (
        proxying(brand, server) as proxy,
        connect(f"{proxy.ws}/section") as busy,
        connect(f"{proxy.ws}/echo") as idle,
    ):
        assert busy.recv(timeout=PATIENCE) == "in the middle"
        assert httpx.get(f"{proxy.http}/health").status_code == 200
        server.process.send_signal(signal.SIGTERM)
        assert close_of(idle)[0] == 1012
        assert httpx.get(f"{proxy.http}/health").status_code == 503
        with pytest.raises(InvalidStatus) as refused, connect(f"{proxy.ws}/echo"):
            pass
        assert refused.value.response.status_code == 503
        busy.send("done")
        assert close_of(busy)[0] == 1012
        assert server.wait() == 0
    assert server.log.take_complaint() is None
