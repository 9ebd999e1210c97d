"""The gateway for devices, and its limits."""

from __future__ import annotations

import importlib
from types import ModuleType
from typing import Any

import pytest
from anyio import current_time

from anyws import App, WebSocketDisconnected
from anyws.testing import ASGIConductor, ASGIWebSocketSimulator

KEYS = {"pump": "pump-secret", "fan": "fan-secret"}
virtual = pytest.mark.anyws_clock("virtual")


@pytest.fixture
def app(example: ModuleType) -> App:
    app: App = example.create_app(KEYS)
    return app


async def end_of(ws: ASGIWebSocketSimulator) -> int:
    with pytest.raises(WebSocketDisconnected) as ended:
        await ws.receive_text()
    return ended.value.code


async def newest(conductor: ASGIConductor) -> Any:
    return (await conductor.simulate_get("/devices")).json


async def test_the_newest_reading_of_each_device_is_shown(conductor: ASGIConductor) -> None:
    for name, celsius in (("pump", 20.0), ("fan", 30.5), ("pump", 21.5)):
        async with conductor.simulate_ws(f"/devices/{name}") as ws:
            await ws.send_text(KEYS[name])
            await ws.send_json({"celsius": celsius})
    assert await newest(conductor) == {"pump": {"celsius": 21.5}, "fan": {"celsius": 30.5}}


@pytest.mark.parametrize(
    ("key", "code"), [("wrong", 3401), ("", 3401), ("ä", 3401), (KEYS["fan"], 3403)]
)
async def test_without_its_own_key_a_device_is_sent_away(
    key: str, code: int, conductor: ASGIConductor
) -> None:
    async with conductor.simulate_ws("/devices/pump") as ws:
        await ws.send_text(key)
        await ws.send_json({"celsius": 21.5})
        assert await end_of(ws) == code
    assert await newest(conductor) == {}


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ('{"celsius": "hot"}', 3400),
        ("{}", 3400),
        ("hot", 3400),
        (b"\xc1", 3400),
        (" " * 1025, 1009),
    ],
    ids=["no number", "no reading", "no JSON", "no MessagePack", "too large"],
)
async def test_what_is_no_reading_or_too_large_ends_the_connection(
    message: str | bytes, code: int, conductor: ASGIConductor
) -> None:
    async with conductor.simulate_ws("/devices/pump") as ws:
        await ws.send_text(KEYS["pump"])
        await ws.flood(1, message)
        assert await end_of(ws) == code


async def test_a_first_message_that_is_too_large_is_not_looked_at(
    conductor: ASGIConductor,
) -> None:
    async with conductor.simulate_ws("/devices/pump") as ws:
        await ws.send_text(KEYS["pump"].ljust(1025))
        assert await end_of(ws) == 1009


async def test_a_device_that_sends_too_often_is_sent_away(conductor: ASGIConductor) -> None:
    async with conductor.simulate_ws("/devices/pump") as ws:
        await ws.send_text(KEYS["pump"])
        await ws.flood(100, '{"celsius": 1}')
        assert await end_of(ws) == 1008


@virtual
@pytest.mark.parametrize(
    ("key", "code", "earliest", "latest"),
    [(None, 3408, 5, 5), (KEYS["pump"], 1001, 60, 61)],
    ids=["key", "reading"],
)
async def test_a_silent_device_is_sent_away(
    key: str | None, code: int, earliest: float, latest: float, conductor: ASGIConductor
) -> None:
    async with conductor.simulate_ws("/devices/pump") as ws:
        began = current_time()
        if key is not None:
            await ws.send_text(key)
        assert await end_of(ws) == code
        assert earliest <= current_time() - began <= latest


async def test_the_keys_come_from_the_environment(
    example: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DEVICE_KEYS", "pump:a:b,fan:c")
    async with ASGIConductor(importlib.reload(example).app) as conductor:
        for name, key in (("pump", "a:b"), ("fan", "c")):
            async with conductor.simulate_ws(f"/devices/{name}") as ws:
                await ws.send_text(key)
                await ws.send_json({"celsius": 1})
        assert sorted(await newest(conductor)) == ["fan", "pump"]


async def test_without_keys_nobody_is_let_in(
    example: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DEVICE_KEYS", raising=False)
    async with (
        ASGIConductor(importlib.reload(example).app) as conductor,
        conductor.simulate_ws("/devices/pump") as ws,
    ):
        await ws.send_text("")
        assert await end_of(ws) == 3401
