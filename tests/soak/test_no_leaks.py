"""A thousand connections that end in every way there is leave nothing behind."""

from __future__ import annotations

import gc
import logging
from collections import Counter
from collections.abc import Awaitable, Callable
from itertools import count
from random import Random
from typing import Final, ParamSpec, TypeVar

import pytest
from anyio import (
    CancelScope,
    create_task_group,
    fail_after,
    get_running_tasks,
    wait_all_tasks_blocked,
)
from anyio.lowlevel import checkpoint
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream

from anyws import WebSocketDisconnected
from anyws._asgi.types import ASGIApp, Event, Receive, Scope, Send
from anyws.testing import ASGIConductor, ASGIWebSocketSimulator
from anyws.testing.leaks.origins import Origin
from tests.soak.application import ENDING, STAYING, Tally, make_app, path_of

P = ParamSpec("P")
T = TypeVar("T")

VISITORS: Final = 20
ROUNDS: Final = 50
WARM_UP_ROUNDS: Final = 10
PATIENCE: Final = 60.0
QUEUE: Final = 4
WAYS: Final = ("leave", "close", "drop", "fail", "be cancelled")
"""How a client's visit ends, if the application does not end it before."""


class Vanished(Exception):
    """The client's program has failed."""


class ServerFailed(Exception):
    """The server's program has failed."""


class Host:
    """A server with moods: quick, slow or failing. It ends calls when it is told to."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._calls: dict[bytes, CancelScope] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "websocket":
            await self._app(scope, receive, send)
            return
        name: bytes = scope["query_string"]
        match Random(name).choice(("quick", "slow", "slow", "failing")):
            case "slow":
                receive, send = _slow(receive), _slow(send)
            case "failing":
                receive = _failing(receive)
        with CancelScope() as call:
            self._calls[name] = call
            try:
                await self._app(scope, receive, send)
            finally:
                del self._calls[name]

    def cancel(self, name: str) -> None:
        """Cancel the call with that query string, unless it is over."""
        call = self._calls.get(name.encode())
        if call is not None:
            call.cancel()


def _slow(call: Callable[P, Awaitable[T]]) -> Callable[P, Awaitable[T]]:
    async def slow(*arguments: P.args, **named: P.kwargs) -> T:
        await checkpoint()
        await checkpoint()
        return await call(*arguments, **named)

    return slow


def _failing(receive: Receive) -> Receive:
    calls = count()

    async def failing() -> Event:
        event = await receive()
        if next(calls) > QUEUE:
            raise ServerFailed
        return event

    return failing


class Visitors:
    """Clients of which each comes many times, and leaves in its own way each time."""

    def __init__(self, host: Host, conductor: ASGIConductor) -> None:
        self._host = host
        self._conductor = conductor
        self.leaves: Counter[str] = Counter()

    async def come(self, rounds: int) -> None:
        """Have all of them visit, and wait until each connection is over."""
        with fail_after(PATIENCE):
            async with create_task_group() as tasks:
                for number in range(VISITORS):
                    tasks.start_soon(self._come, number, rounds)
            await wait_all_tasks_blocked()

    async def _come(self, number: int, rounds: int) -> None:
        fate = Random(number)
        for visit in range(rounds):
            await self._visit(fate, f"{number}.{visit}")

    async def _visit(self, fate: Random, name: str) -> None:
        responder = fate.choice((*ENDING, *STAYING))
        spec_version = fate.choice(("2.1", "2.3", "2.4"))
        if responder in STAYING:
            # A departure behind a full queue would not be noticed.
            way, most = fate.choice(WAYS), QUEUE
        else:
            way, most = fate.choice((*WAYS, "listen")), 2 * QUEUE
        try:
            async with self._conductor.simulate_ws(
                path_of(responder), query_string=name, spec_version=spec_version
            ) as client:
                for message in range(fate.randint(0, most)):
                    await client.send_text(str(message))
                for _ in range(fate.randrange(4)):
                    await checkpoint()
                await self._end(client, way, name)
        except WebSocketDisconnected:
            self.leaves["be closed or refused"] += 1
        except Vanished:
            self.leaves["fail"] += 1
        else:
            self.leaves[way] += 1

    async def _end(self, client: ASGIWebSocketSimulator, way: str, name: str) -> None:
        match way:
            case "close":
                await client.close(4001, "enough")
            case "drop":
                client.drop()
            case "fail":
                raise Vanished
            case "be cancelled":
                self._host.cancel(name)
            case "listen":
                while True:
                    await client.receive_text()


def living() -> Counter[type]:
    """Count the objects of the package, and the memory object streams, by their class."""
    gc.collect()
    return Counter(kind for kind in map(type, gc.get_objects()) if _is_watched(kind))


def _is_watched(kind: type) -> bool:
    streams = (MemoryObjectReceiveStream, MemoryObjectSendStream)
    if kind is Origin:
        # asyncio keeps a cancelled timer for a while, with the context in which it was set.
        return False
    return kind in streams or str(kind.__module__).partition(".")[0] == "anyws"


async def test_connections_with_random_ends_leave_no_task_no_stream_and_no_object(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # What is logged is kept for the test's report, and with it the frames of each traceback.
    monkeypatch.setattr(logging.getLogger("anyws"), "disabled", True)
    tally = Tally()
    host = Host(make_app(tally))
    async with ASGIConductor(host) as conductor:
        visitors = Visitors(host, conductor)
        await visitors.come(WARM_UP_ROUNDS)
        tasks, objects = len(get_running_tasks()), living()
        tally.ends.clear()
        await visitors.come(ROUNDS)
        assert not living() - objects
        assert len(get_running_tasks()) == tasks
    assert tally.ends.total() == VISITORS * ROUNDS
    for error in ("NoneType", "Broken", "HTTPForbidden", "WebSocketDisconnected"):
        assert tally.ends[error] > 50
    for way in (*WAYS, "be closed or refused"):
        assert visitors.leaves[way] > 50
