"""The proxy, between a simulated client and an upstream server on a real port."""

from __future__ import annotations

import importlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import ModuleType

import pytest
from anyio import fail_after
from wsproto.events import BytesMessage, CloseConnection, TextMessage

from anyws import WebSocketDisconnected
from anyws.testing import ASGIConductor, ASGIWebSocketSimulator
from tests.examples.upstream import REFUSED, Peer, upstream
from tests.websocket.scripted import settle

PATIENCE = 10


@asynccontextmanager
async def joined(
    example: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    path: str = "/a/b?c=%20d",
    subprotocols: list[str] | None = None,
) -> AsyncIterator[tuple[ASGIWebSocketSimulator, Peer]]:
    """Give both ends: the client of the proxy, and the connection that it has opened for it."""
    with fail_after(PATIENCE):
        async with upstream() as (address, peers):
            monkeypatch.setenv("UPSTREAM", address)
            async with (
                ASGIConductor(importlib.reload(example).app) as conductor,
                conductor.simulate_ws(path, subprotocols=subprotocols) as ws,
            ):
                yield ws, await peers.receive()


async def closed_with(peer: Peer) -> tuple[int, str | None]:
    event = await peer.receive()
    assert isinstance(event, CloseConnection)
    return event.code, event.reason


async def test_messages_go_both_ways_as_they_are(
    example: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with joined(example, monkeypatch) as (ws, peer):
        await ws.send_text("hi")
        await ws.send_data(b"\xff")
        for expected in ("hi", b"\xff"):
            event = await peer.receive()
            assert isinstance(event, (TextMessage, BytesMessage))
            assert event.data == expected
        await peer.send(TextMessage("there"))
        await peer.send(BytesMessage(b"\x00"))
        assert await ws.receive_text() == "there"
        assert await ws.receive_data() == b"\x00"


@pytest.mark.parametrize("path", ["/a/b?c=%20d", "/", "//elsewhere.example/x", "/%C3%A4"])
async def test_the_path_and_the_query_are_those_of_the_client(
    path: str, example: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with joined(example, monkeypatch, path) as (_, peer):
        assert peer.request.host.startswith("127.0.0.1:")
        assert peer.request.target.rstrip("?") == path


async def test_upstream_chooses_among_the_subprotocols_of_the_client(
    example: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with joined(example, monkeypatch, subprotocols=["v1", "v2"]) as (ws, peer):
        assert peer.request.subprotocols == ["v1", "v2"]
        assert ws.subprotocol == "v2"


@pytest.mark.parametrize(
    ("code", "passed_on"), [(1000, 1000), (4001, 4001), (1005, 1000), (1006, 1011), (2500, 1011)]
)
async def test_the_code_of_the_client_reaches_upstream_if_it_may_be_sent(
    code: int, passed_on: int, example: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with joined(example, monkeypatch) as (ws, peer):
        await ws.close(code, "bye")
        assert await closed_with(peer) == (passed_on, "bye")


@pytest.mark.parametrize(("code", "passed_on"), [(1000, 1000), (4001, 4001), (1005, 1000)])
async def test_the_code_of_upstream_reaches_the_client(
    code: int, passed_on: int, example: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with joined(example, monkeypatch) as (ws, peer):
        await peer.send(TextMessage("before"))
        await peer.send(CloseConnection(code, None if code == 1005 else "bye"))
        assert await ws.receive_text() == "before"
        with pytest.raises(WebSocketDisconnected) as ended:
            await ws.receive_text()
        assert ended.value.code == passed_on
        # What every end of the protocol owes the other one: RFC 6455, section 5.5.1.
        assert (await closed_with(peer))[0] == passed_on


async def test_a_client_that_vanishes_is_told_of_as_1011(
    example: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with joined(example, monkeypatch) as (ws, peer):
        ws.drop()
        assert (await closed_with(peer))[0] == 1011


@pytest.mark.parametrize("speaks", [False, True])
async def test_an_upstream_that_vanishes_is_told_of_as_1011(
    speaks: bool, example: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with joined(example, monkeypatch) as (ws, peer):
        await peer.vanish()
        if speaks:
            await ws.send_text("anybody there?")
        with pytest.raises(WebSocketDisconnected) as ended:
            await ws.receive_text()
        assert ended.value.code == 1011


async def test_a_client_that_talks_across_the_close_of_upstream_sees_its_code(
    example: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with joined(example, monkeypatch) as (ws, peer):
        ws.stall()
        await peer.send(TextMessage("before"))
        await settle()
        await peer.send(CloseConnection(4001, "bye"))
        await settle()
        await ws.send_text("across")
        await settle()
        ws.resume()
        assert await ws.receive_text() == "before"
        with pytest.raises(WebSocketDisconnected) as ended:
            await ws.receive_text()
        assert ended.value.code == 4001


async def test_a_client_that_leaves_while_upstream_talks_ends_both_connections(
    example: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with joined(example, monkeypatch) as (ws, peer):
        ws.stall()
        for _ in range(10):
            await peer.send(TextMessage("still there?"))
        await settle()
        await ws.close(4001)
        assert (await closed_with(peer))[0] == 4001


@pytest.mark.parametrize("reason", ["nobody listens", "refused"])
async def test_without_upstream_the_client_is_refused_with_3502(
    reason: str, example: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    with fail_after(PATIENCE):
        async with upstream() as (address, _):
            monkeypatch.setenv(
                "UPSTREAM", address if reason == "refused" else "http://127.0.0.1:1"
            )
            async with ASGIConductor(importlib.reload(example).app) as conductor:
                with pytest.raises(WebSocketDisconnected) as ended:
                    async with conductor.simulate_ws(REFUSED):
                        pass
    assert ended.value.code == 3502


@pytest.mark.parametrize(
    ("code", "passed_on"),
    [(None, 1000), (1004, 1011), (1015, 1011), (1016, 1011), (3000, 3000), (5000, 1011)],
)
def test_codes_that_are_never_sent_are_1000_or_1011(
    code: int | None, passed_on: int, example: ModuleType
) -> None:
    assert example.passed_on(code) == passed_on
