"""Requests that no client should send, and the others who are connected meanwhile."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from itertools import cycle
from pathlib import Path
from typing import Final

import pytest
from websockets.asyncio.client import ClientConnection, connect

from tests.servers.malformed import FIELDS, Segments, corpus, handshake
from tests.servers.processes import KINDS, PATIENCE, Kind, Server, running

HEADER_TIMEOUT: Final = 0.5
AT_ONCE: Final = 40
_LISTEN: Final = 0.1
_GROWTH: Final = 4 * 2**20
"""Bytes that a round may add: a leak of 8 KiB for each request would."""

_LAUNCHERS: Final = [kind for kind in KINDS if "anyws" in kind.command]


@pytest.fixture(params=_LAUNCHERS, ids=str)
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    """Each of the launcher's event loops, with little patience for heads."""
    kind: Kind = request.param
    command = (*kind.command, "--header-timeout", str(HEADER_TIMEOUT))
    with running(replace(kind, command=command)) as server:
        yield server
    assert server.process.returncode == 0, server.log.since(0)


def test_nothing_that_a_client_sends_ends_the_server_or_harms_anybody_else(server: Server) -> None:
    requests = corpus()
    assert len(requests) >= 300
    asyncio.run(_attack(server, requests))
    assert server.process.poll() is None, server.log.since(0)
    log = server.log.since(0)
    assert "Traceback" not in log, log
    assert len(log.splitlines()) < 100, log


async def _attack(server: Server, requests: list[Segments]) -> None:
    async with connect(f"{server.ws}/echo", open_timeout=PATIENCE) as healthy:
        await _round(server, requests, healthy)
        before = _memory_of(server)
        await _round(server, requests, healthy)
        assert _memory_of(server) - before < _GROWTH


async def _round(server: Server, requests: list[Segments], healthy: ClientConnection) -> None:
    manners = cycle((True, False))
    slow = asyncio.gather(*(_dawdle(server) for _ in range(5)))
    for start in range(0, len(requests), AT_ONCE):
        some = requests[start : start + AT_ONCE]
        await asyncio.gather(*(_visit(server, each, abort=next(manners)) for each in some))
        await healthy.send("still here")
        assert await asyncio.wait_for(healthy.recv(), PATIENCE) == "still here"
    await slow


async def _visit(server: Server, segments: Segments, *, abort: bool) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    with suppress(ConnectionError, TimeoutError):
        for segment in segments:
            writer.write(segment)
            await writer.drain()
            async with asyncio.timeout(_LISTEN):
                await reader.read(2**16)
    if abort:
        writer.transport.abort()
        return
    writer.close()
    with suppress(ConnectionError):
        await writer.wait_closed()


async def _dawdle(server: Server) -> None:
    """Send a handshake too slowly, and be shown out."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    with suppress(ConnectionError):
        for byte in handshake(FIELDS):
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(HEADER_TIMEOUT / 20)
        async with asyncio.timeout(PATIENCE):
            assert not (await reader.read()).startswith(b"HTTP/1.1 101")
    writer.transport.abort()


def _memory_of(server: Server) -> int:
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    assert found is not None
    return int(found[1]) * 1024
