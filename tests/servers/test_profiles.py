"""The simulator with a server's habits, side by side with the server itself."""

from __future__ import annotations

import json
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing
from http.client import HTTPConnection
from typing import Final, NamedTuple
from uuid import uuid4

import anyio
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from anyws.errors.websocket import WebSocketDisconnected
from anyws.testing import ASGIConductor, ASGIWebSocketSimulator
from tests.servers import habits
from tests.servers.clients import raw_socket
from tests.servers.processes import PATIENCE, Kind, Server, running

LONG: Final = 5 * habits.A_WHILE
"""Seconds after which a deadline of the application's has passed for certain."""

_TARGET: Final = "tests.servers.habits:app"
_HYPERCORN: Final = ("hypercorn", _TARGET, "--bind", "127.0.0.1:0", "--graceful-timeout", "1")
_UVICORN: Final = ("uvicorn", _TARGET, "--port", "0", "--lifespan", "off")


def _server(profile: str, *command: str) -> Kind:
    child = command[0] == "hypercorn"
    return Kind(profile, command, tells_close=False, sends_wait=False, has_child=child)


SERVERS: Final = [
    _server("hypercorn", *_HYPERCORN),
    _server("hypercorn-trio", *_HYPERCORN, "--worker-class", "trio"),
    _server("uvicorn", *_UVICORN),
]


class Side(NamedTuple):
    """One and the same client, once with sockets and once simulated."""

    real: Callable[[Server, str], object]
    simulated: Callable[[ASGIConductor, str], Awaitable[object]]


@pytest.fixture(scope="module", params=SERVERS, ids=str)
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    """A server that has the name of its profile."""
    with running(request.param) as server:
        yield server


def talks(
    real: Callable[[ClientConnection], object],
    simulated: Callable[[ASGIWebSocketSimulator], Awaitable[object]],
) -> Side:
    """A client that does this on its connection."""

    def on_socket(server: Server, path: str) -> object:
        with connect(server.ws + path) as client:
            return real(client)

    async def in_process(conductor: ASGIConductor, path: str) -> object:
        async with conductor.simulate_ws(path, timeout=PATIENCE) as client:
            return await simulated(client)

    return Side(on_socket, in_process)


def read_all(client: ClientConnection) -> object:
    """What comes, and the code that it ends with."""
    heard: list[object] = []
    with pytest.raises(ConnectionClosed) as closed:
        while True:
            heard.append(client.recv(timeout=PATIENCE))
    frame = closed.value.rcvd
    return [*heard, 1006 if frame is None else frame.code]


async def read_all_simulated(client: ASGIWebSocketSimulator) -> object:
    """What comes, and the code that it ends with."""
    return [*[message async for message in client], client.close_code]


async def drop(client: ASGIWebSocketSimulator) -> None:
    """Leave without a word."""
    client.drop()


async def stall(client: ASGIWebSocketSimulator) -> None:
    """Read nothing for a long time."""
    client.stall()
    await anyio.sleep(LONG)
    client.drop()


def vanish(server: Server, path: str) -> None:
    """Leave without a word."""
    with raw_socket(server, path) as client:
        client.abort()


def sleep(server: Server, path: str) -> None:
    """Read nothing for a long time."""
    with raw_socket(server, path) as client:
        time.sleep(LONG)
        client.abort()


def be_refused(server: Server, path: str) -> object:
    """The status and the body of a refusal."""
    with pytest.raises(InvalidStatus) as refused, connect(server.ws + path):
        pass
    response = refused.value.response
    return response.status_code, response.headers.get("x-why"), bytes(response.body)


async def be_refused_simulated(conductor: ASGIConductor, path: str) -> object:
    """The status and the body of a refusal."""
    with pytest.raises(WebSocketDisconnected) as refused:
        await conductor.simulate_ws(path).__aenter__()
    response = refused.value.response
    assert response is not None
    return response.status_code, response.headers.get("x-why"), response.body


CASES: Final = {
    "scope": talks(ClientConnection.close, ASGIWebSocketSimulator.close),
    "keys": talks(lambda real: real.send("hi"), lambda client: client.send_text("hi")),
    "departure": talks(
        lambda real: real.close(4001, "bye"), lambda client: client.close(4001, "bye")
    ),
    "departure/vanished": Side(vanish, talks(ClientConnection.close, drop).simulated),
    "late": talks(ClientConnection.close, ASGIWebSocketSimulator.close),
    "own-close": talks(read_all, read_all_simulated),
    "refusal": Side(be_refused, be_refused_simulated),
    "denial": Side(be_refused, be_refused_simulated),
    "returned": talks(read_all, read_all_simulated),
    "cut": talks(lambda real: real.recv(timeout=PATIENCE), ASGIWebSocketSimulator.receive_text),
    "stuck": Side(sleep, talks(ClientConnection.close, stall).simulated),
}


@pytest.mark.parametrize("case", CASES)
def test_the_simulator_does_as_the_server_does(server: Server, case: str) -> None:
    profile = server.kind.name
    path = f"/{case.partition('/')[0]}/{uuid4().hex}"
    client = CASES[case]
    on_server = client.real(server, path), _note(server, path)
    backend = "trio" if profile == "hypercorn-trio" else "asyncio"
    simulated = anyio.run(_simulate, profile, client, path, backend=backend)
    assert simulated == on_server


async def _simulate(profile: str, client: Side, path: str) -> object:
    async with ASGIConductor(habits.app, server=profile) as conductor:
        seen = await client.simulated(conductor, path)
        note = await conductor.simulate_get(_note_of(path))
    return seen, note.json


def _note(server: Server, path: str) -> object:
    with closing(HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)) as connection:
        connection.request("GET", _note_of(path))
        return json.load(connection.getresponse())


def _note_of(path: str) -> str:
    return f"/notes/{path.rpartition('/')[2]}"
