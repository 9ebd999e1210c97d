"""Servers that wait at places of the test's choosing, as real ones do at theirs."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

import anyio
from anyio import fail_after
from anyio.lowlevel import checkpoint

from tests.websocket.held import HeldSocket
from tests.websocket.scripted import Event, ScriptedServer
from tests.websocket.sockets import PATIENCE


@dataclass(frozen=True, kw_only=True)
class Habits:
    """How many turns of the scheduler a server waits, and where; it can be cancelled there."""

    before_take: int = 0
    """In `receive()`, before it takes an event, which a cancellation leaves where it is."""

    after_take: int = 0
    """In `receive()`, with the event in hand, which a cancellation loses."""

    before_work: int = 0
    """In `send()`, before anything is done about the event."""

    half_way: int = 0
    """In `send()`, when the frame is made and not written: a cancellation breaks the stream."""

    after_write: int = 0
    """In `send()`, when the frame is written."""

    at_once: int = 0
    """The number of events, from the first on, that `send()` takes without any wait."""


HABITS: Final = [
    Habits(),
    Habits(before_take=1, before_work=1),
    Habits(before_take=2, before_work=2),
    Habits(before_take=1, half_way=1),
    Habits(before_take=1, after_write=2),
    Habits(before_take=2, before_work=1, half_way=1, after_write=1),
]
"""Those of servers that wait, or not, in all they do."""

LATE_HABITS: Final = {
    "asyncio": [Habits(at_once=2, half_way=2), Habits(before_take=1, at_once=3, half_way=1)],
    "uvloop": [Habits(at_once=2, half_way=2)],
    "trio": [Habits(at_once=2, before_work=2), Habits(before_take=1, at_once=3, after_write=1)],
}
"""Those of servers that begin to wait in the middle; on Trio none does that half way."""


class HabitualServer(ScriptedServer):
    """A server with habits. What is to happen between a frame and its way out is `on_frame`."""

    def __init__(self, app: Any, *, habits: Habits, **scope: Any) -> None:
        self.begun: list[Event] = []
        self.on_frame: Callable[[Event], Awaitable[None]] | None = None
        self._habits = habits
        self._events: deque[Event] = deque()
        self._arrival = anyio.Event()
        super().__init__(app, **scope)

    @property
    def broken(self) -> bool:
        """Whether a frame was made that was not written, or written out of order."""
        return self.begun != self.sent

    def push(self, kind: str, **fields: Any) -> None:
        self._events.append({"type": kind} | fields)
        self._arrival.set()

    async def receive(self) -> Event:
        self.receives += 1
        await _wait(self._habits.before_take)
        while not self._events:
            self._arrival = anyio.Event()
            await self._arrival.wait()
        event = self._events.popleft()
        await _wait(self._habits.after_take)
        return event

    async def send(self, event: Event) -> None:
        waits = len(self.begun) >= self._habits.at_once
        await _wait(self._habits.before_work * waits)
        if self.on_send is not None:
            await self.on_send(event)
        self.begun.append(event)
        await _wait(self._habits.half_way * waits)
        if self.on_frame is not None:
            await self.on_frame(event)
        self.write(event)
        await _wait(self._habits.after_write * waits)

    def write(self, event: Event) -> None:
        """Have the client get an event that was sent."""
        self.sent.append(event)


class WaitingServer(HabitualServer, HeldSocket):
    """A server with habits, and a responder that hands the WebSocket to the test and waits."""


class Gate:
    """An `on_send` that lets events pass when it has been opened."""

    def __init__(self) -> None:
        self._opened = anyio.Event()

    def open(self) -> None:
        """Let all events pass from now on."""
        self._opened.set()

    async def __call__(self, event: Event) -> None:
        await self._opened.wait()


@asynccontextmanager
async def served(habits: Habits, **options: Any) -> AsyncIterator[WaitingServer]:
    """Give a server with these habits, whose WebSocket has been accepted."""
    with fail_after(PATIENCE):
        async with WaitingServer(None, habits=habits, options=options) as server:
            yield server


def calm_habits(backend_name: str) -> Habits:
    """What servers do as long as they need not wait: on Trio every known one waits all the same."""
    return Habits(half_way=1 if backend_name == "trio" else 0)


@asynccontextmanager
async def calm(backend_name: str, **options: Any) -> AsyncIterator[WaitingServer]:
    """Give a server that has taken a message without having to wait."""
    async with served(calm_habits(backend_name), **options) as server:
        await server.ws.send_text("calm")
        yield server


async def _wait(turns: int) -> None:
    for _ in range(turns):
        await checkpoint()
