"""That the benchmarks of WebSockets, of memory and of imports run, and what they make of it."""

from __future__ import annotations

import gc

import pytest

from benchmarks import imports, memory, servers, websockets
from benchmarks._harness import Effort
from benchmarks._report import OURS
from benchmarks._websockets.conversations import EXCHANGES
from benchmarks._websockets.peers import PEERS, RAW
from benchmarks.memory import Idle
from benchmarks.servers import Plan, Sample
from tests.conftest import Backend

LITTLE = Effort(rounds=1, calls=10)


async def test_the_benchmark_of_websockets_prints_a_figure_for_each_peer(
    anyio_backend: Backend, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # A test run has many objects, and each sample would have all of them walked.
    monkeypatch.setattr(gc, "collect", lambda: 0)
    backend = anyio_backend[0]
    few = {name: PEERS[backend][name] for name in (OURS, RAW, "Starlette")}
    monkeypatch.setitem(PEERS, backend, few)
    monkeypatch.setattr(websockets, "IDLE", (2, 4))
    monkeypatch.setattr(websockets, "BROADCAST", 3)
    await websockets.report(backend, LITTLE)
    lines = capsys.readouterr().out.splitlines()
    heads = [line for line in lines if "anyws" in line]
    assert len(heads) == 5
    assert all(peer in heads[0] for peer in few)
    assert [line.split("|")[1].strip() for line in lines[3 : 3 + len(EXCHANGES)]] == [
        exchange.name for exchange in EXCHANGES
    ]


async def test_an_idle_connection_holds_memory(anyio_backend: Backend) -> None:
    idle = Idle(memory.RECEIVING, OURS, "/echo", "anyws_service")
    assert 1 < await memory.measure_traced(idle, anyio_backend[0], 10) < 100


def test_memory_is_shown_as_what_raw_does_not_hold() -> None:
    figures = {
        Idle("waits", RAW, "", ""): 5.0,
        Idle("waits", OURS, "", ""): 8.0,
        Idle("waits", "Other", "", ""): 9.5,
        Idle("away", OURS, "", ""): 11.0,
    }
    assert memory.over_raw(figures) == [
        ("waits", {OURS: 3.0, "Other": 4.5}),
        ("away", {OURS: 6.0}),
    ]


def test_a_share_of_raw_is_that_of_neighbours() -> None:
    key, raw = (50, OURS), (50, RAW)
    samples = {
        # The machine is busy with something else for a while.
        key: [Sample(10, 10), Sample(20, 20), Sample(40, 40)],
        raw: [Sample(9, 9), Sample(18, 18), Sample(20, 20)],
    }
    (row,) = servers.rows(samples, servers.share_of_raw, (50,))
    assert row == ("50 connections", {OURS: 0.9, RAW: 1.0})


def test_real_servers_are_measured_side_by_side() -> None:
    candidates = {name: servers.SETTINGS["uvicorn"][name] for name in (OURS, RAW)}
    plan = Plan(rounds=1, processes=1, seconds=0.05, connections=(1, 3))
    samples = servers.measure(candidates, plan)
    assert list(samples) == [(1, OURS), (1, RAW), (3, OURS), (3, RAW)]
    for (sample,) in samples.values():
        assert 0 < sample.processor < sample.clock


def test_memory_is_measured_on_a_real_server() -> None:
    idle = Idle(memory.RECEIVING, RAW, "/echo", "raw_service")
    assert 0 <= memory.measure_resident(idle, "asyncio", 50) < 200


async def test_an_import_takes_time_in_a_new_interpreter(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    cache = str(tmp_path_factory.mktemp("cache"))
    await imports.time_statement("import email", cache)
    light = await imports.time_statement("pass", cache)
    heavy = await imports.time_statement("import email.message, http.client", cache)
    assert light < heavy
