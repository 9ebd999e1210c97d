"""What an open connection on which nothing happens holds in memory, beside the server's share."""

from __future__ import annotations

import argparse
import gc
import tracemalloc
from collections.abc import Mapping
from contextlib import ExitStack
from typing import TYPE_CHECKING, Final, NamedTuple

import anyio

from benchmarks._report import OURS, Row, setting, table
from benchmarks._servers.processes import ClientProcess, ServerProcess
from benchmarks._websockets.conversations import ECHO, WATCHED
from benchmarks._websockets.peers import PEERS, RAW
from benchmarks._websockets.server import Crowd, start

if TYPE_CHECKING:
    from anyws._asgi.types import ASGIApp

PACKAGES: Final = ("anyws", "anyio", "trio", "hypercorn", "falcon", "starlette")
RECEIVING: Final = "the responder waits in a receive"
READING_AHEAD: Final = "the responder is away, the pump reads"

_FEW: Final = 20
"""Connections that are opened before anything is measured: what they fill is there only once."""


class Idle(NamedTuple):
    """A way to be idle, and a peer."""

    row: str
    peer: str
    path: str
    service: str


IDLERS: Final = (
    Idle(RECEIVING, RAW, ECHO, "raw_service"),
    Idle(RECEIVING, OURS, ECHO, "anyws_service"),
    Idle(RECEIVING, "Starlette", ECHO, "starlette_service"),
    Idle(RECEIVING, "Falcon", ECHO, "falcon_service"),
    Idle(READING_AHEAD, OURS, WATCHED, "anyws_service"),
)


async def measure_traced(idle: Idle, backend: str, connections: int) -> float:
    """Give the KiB of Python's memory that each connection holds, inside this process."""
    app = PEERS[backend][idle.peer]([])
    stop = anyio.Event()
    async with anyio.create_task_group() as group:
        await start(app, group, stop)
        await _traced(app, idle.path, _FEW)
        held = await _traced(app, idle.path, connections)
        stop.set()
    return held / 1024 / connections


async def _traced(app: ASGIApp, path: str, connections: int) -> int:
    gc.collect()
    tracemalloc.start()
    crowd = Crowd(app, path)
    async with anyio.create_task_group() as group:
        await crowd.gather(connections, group)
        await anyio.wait_all_tasks_blocked()
        gc.collect()
        held, _ = tracemalloc.get_traced_memory()
        crowd.leave()
    tracemalloc.stop()
    return held


def measure_resident(idle: Idle, backend: str, connections: int) -> float:
    """Give the KiB that a process of Hypercorn grows by for each connection."""
    with ExitStack() as stack:
        server = ServerProcess.start(f"hypercorn-{backend}", idle.service, stack)
        client = ClientProcess(stack)
        server.wait_ready()
        client.open(server.url(idle.path), _FEW)
        before = server.resident_kib()
        client.open(server.url(idle.path), connections)
        return (server.resident_kib() - before) / connections


def over_raw(figures: Mapping[Idle, float]) -> list[Row]:
    """Make rows of what each holds more than a raw application does."""
    raw = next(figure for idle, figure in figures.items() if idle.peer == RAW)
    rows: dict[str, dict[str, float]] = {}
    for idle, figure in figures.items():
        if idle.peer != RAW:
            rows.setdefault(idle.row, {})[idle.peer] = figure - raw
    return [Row(name, peers) for name, peers in rows.items()]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--traced", type=int, default=10_000, help="connections in this process")
    parser.add_argument("--resident", type=int, default=2_000, help="connections of a server")
    arguments = parser.parse_args()
    print(setting(PACKAGES))
    for backend in PEERS:
        idlers = [idle for idle in IDLERS if idle.peer in PEERS[backend]]
        traced = {
            idle: anyio.run(measure_traced, idle, backend, arguments.traced, backend=backend)
            for idle in idlers
        }
        resident = {idle: measure_resident(idle, backend, arguments.resident) for idle in idlers}
        for title, figures in (("in process", traced), ("Hypercorn", resident)):
            print()
            print(table(f"{backend}, {title}", "KiB more than raw", over_raw(figures)))


if __name__ == "__main__":
    main()
