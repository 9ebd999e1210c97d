"""The job that nobody waits for any more."""

from __future__ import annotations

import threading
from types import ModuleType

import anyio
import pytest
from anyio import fail_after

from anyws import WebSocketDisconnected
from anyws.testing import ASGIConductor


async def running(conductor: ASGIConductor) -> object:
    return (await conductor.simulate_get("/jobs")).json


@pytest.mark.parametrize(
    ("below", "slice_size", "primes"),
    [
        *((0, 7, 0), (2, 7, 0), (3, 7, 1), (4, 7, 2), (9, 7, 4), (10, 7, 4), (100, 7, 25)),
        *((1000, 10**6, 168), (10_000, 999, 1229), (100_000, 10**6, 9592)),
    ],
)
async def test_primes_are_counted_slice_by_slice(
    below: int,
    slice_size: int,
    primes: int,
    example: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(example, "SLICE", slice_size)
    async with ASGIConductor(example.app) as conductor, conductor.simulate_ws("/primes") as ws:
        await ws.send_json({"below": below})
        assert await ws.receive_json() == {"below": below, "primes": primes}
        assert await running(conductor) == {"running": 0}


async def test_a_job_ends_with_the_slice_in_which_its_client_leaves(
    example: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on = threading.Event(), threading.Event()
    slices: list[int] = []

    def work(start: int, stop: int) -> int:
        slices.append(start)
        begun.set()
        assert go_on.wait(10)
        return 0

    monkeypatch.setattr(example, "count_slice", work)
    with fail_after(10):
        async with ASGIConductor(example.app) as conductor:
            async with conductor.simulate_ws("/primes") as ws:
                await ws.send_json({"below": 10**9})
                await anyio.to_thread.run_sync(begun.wait)
                assert await running(conductor) == {"running": 1}
                ws.drop()
                go_on.set()
            assert await running(conductor) == {"running": 0}
    assert slices == [2]


@pytest.mark.parametrize("job", [{"below": -1}, {"below": 10**9 + 1}, {"below": "x"}, {}, 5])
async def test_a_job_that_is_none_closes_with_3400(job: object, example: ModuleType) -> None:
    async with ASGIConductor(example.app) as conductor, conductor.simulate_ws("/primes") as ws:
        await ws.send_json(job)
        with pytest.raises(WebSocketDisconnected) as ended:
            await ws.receive_text()
    assert ended.value.code == 3400
