"""Many clients, many tasks, and sends that are cancelled."""

from __future__ import annotations

import pytest
import trio
from trio_websocket import WebSocketConnection
from websockets.sync.client import connect

from tests.servers.clients import trio_client
from tests.servers.processes import PATIENCE, Server
from tests.servers.singing import SINGERS, VERSES, number_of
from tests.servers.songs import check_song, slow_listener

CLIENTS = 200
MESSAGES = 5


@pytest.mark.parametrize("anyio_backend", [("trio", {})], ids=["trio"])
async def test_two_hundred_clients_at_once_get_their_own_echoes(server: Server) -> None:
    arrived = 0
    everybody = trio.Event()

    async def visit(number: int) -> None:
        nonlocal arrived
        async with trio_client(server, "/echo") as client:
            arrived += 1
            if arrived == CLIENTS:
                everybody.set()
            await everybody.wait()
            await exchange(client, number)

    async def exchange(client: WebSocketConnection, number: int) -> None:
        for message in range(MESSAGES):
            await client.send_message(f"{number}.{message}")
        for message in range(MESSAGES):
            assert await client.get_message() == f"{number}.{message}"

    with trio.fail_after(2 * PATIENCE):
        async with trio.open_nursery() as visitors:
            for number in range(CLIENTS):
                visitors.start_soon(visit, number)


def test_sends_of_many_tasks_arrive_whole_and_in_the_order_of_the_calls(server: Server) -> None:
    with slow_listener(server, "/singers") as client:
        numbers = [number_of(str(message)) for message in client]
    assert numbers == list(range(SINGERS * VERSES))


@pytest.mark.parametrize("seed", [1, 2])
def test_a_cancelled_send_is_whole_or_nothing_and_the_compression_stays_in_step(
    server: Server, seed: int
) -> None:
    with connect(f"{server.ws}/singers/cut/{seed}") as client:
        check_song(server, client)


@pytest.mark.parametrize("seed", [1, 2])
def test_a_send_that_is_cancelled_while_it_is_stuck_is_whole_or_nothing_too(
    server: Server, seed: int
) -> None:
    with slow_listener(server, f"/singers/cut/{seed}") as client:
        assert check_song(server, client)["cut"] > SINGERS
