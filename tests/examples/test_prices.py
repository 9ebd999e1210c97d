"""The feed that only sends."""

from __future__ import annotations

import logging
from types import ModuleType

import pytest
from anyio import current_time, fail_after

from anyws import WebSocketPathNotFound
from anyws.testing import ASGIConductor, wait_all_tasks_blocked

virtual = pytest.mark.anyws_clock("virtual")


async def test_every_client_gets_the_price_at_once_and_whenever_it_moves(
    example: ModuleType,
) -> None:
    async with (
        ASGIConductor(example.app) as conductor,
        conductor.simulate_ws("/prices/tea") as near,
        conductor.simulate_ws("/prices/tea") as far,
    ):
        for ws in (near, far):
            assert await ws.receive_json() == {"name": "tea", "price": 4.2}
        example.market.move("tea", 5.0)
        for ws in (near, far):
            assert await ws.receive_json() == {"name": "tea", "price": 5.0}


async def test_a_client_that_reads_slowly_misses_what_is_old(example: ModuleType) -> None:
    async with (
        ASGIConductor(example.app) as conductor,
        conductor.simulate_ws("/prices/tea") as ws,
    ):
        assert await ws.receive_json() == {"name": "tea", "price": 4.2}
        ws.stall()
        for price in range(100):
            example.market.move("tea", price)
            await wait_all_tasks_blocked()
        ws.resume()
        assert await ws.receive_json() == {"name": "tea", "price": 0}
        assert await ws.receive_json() == {"name": "tea", "price": 99}


@pytest.mark.parametrize("says", [0, 1000])
async def test_a_client_that_leaves_is_noticed_at_once_whatever_it_said_before(
    says: int, example: ModuleType, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "prices")
    with fail_after(5):
        async with (
            ASGIConductor(example.app) as conductor,
            conductor.simulate_ws("/prices/coffee") as ws,
        ):
            await ws.receive_json()
            await ws.flood(says)
    assert [record.message for record in caplog.records if record.name == "prices"] == [
        "a client has left after 1 prices of coffee"
    ]


async def test_what_has_no_price_is_not_found(example: ModuleType) -> None:
    async with ASGIConductor(example.app) as conductor:
        with pytest.raises(WebSocketPathNotFound):
            async with conductor.simulate_ws("/prices/gold"):
                pass


@virtual
async def test_prices_move_every_second(
    example: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(example.random, "uniform", lambda low, high: high)
    async with (
        ASGIConductor(example.app) as conductor,
        conductor.simulate_ws("/prices/tea") as ws,
    ):
        began = current_time()
        prices = [await ws.receive_json() for _ in range(4)]
        assert current_time() - began == pytest.approx(3)
    assert [price["price"] for price in prices if isinstance(price, dict)] == [
        *(4.2, 4.242, 4.2844, 4.3272)
    ]
