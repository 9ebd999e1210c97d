"""Work that goes on for a client that has left: two bugs, and what mends them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
from anyio.abc import TaskGroup

from anyws import App, Request, WebSocket


class Feed:
    """The bug: what pushes to a client lives in a task group that outlives the client."""

    def __init__(self, *, own_group: bool = False) -> None:
        self._jobs: TaskGroup | None = None
        self._own_group = own_group

    @asynccontextmanager
    async def lifespan(self, app: App) -> AsyncIterator[None]:
        async with anyio.create_task_group() as self._jobs:
            yield
            self._jobs.cancel_scope.cancel()

    async def on_websocket(self, req: Request, ws: WebSocket) -> None:
        await ws.accept()
        assert self._jobs is not None
        group = ws.task_group if self._own_group else self._jobs
        group.start_soon(push_prices, ws)
        await ws.wait_disconnected()


async def push_prices(ws: WebSocket) -> None:
    """Push until something stops it. Nothing happens on this market."""
    await anyio.sleep_forever()


class Poll:
    """The bug: nobody looks whether the client is there."""

    def __init__(self, *, looks: bool = False) -> None:
        self._looks = looks

    async def on_websocket(self, req: Request, ws: WebSocket) -> None:
        await ws.accept()
        if self._looks:
            with ws.move_on_disconnect():
                await self.poll()
        else:
            await self.poll()

    async def poll(self) -> None:
        while True:
            await self.ask()

    async def ask(self) -> None:
        await anyio.sleep(60)


def feed(*, own_group: bool = False) -> App:
    service = Feed(own_group=own_group)
    app = App(lifespan=service.lifespan)
    app.add_route("/feed", service)
    return app


def poll(*, looks: bool = False) -> App:
    app = App()
    app.add_route("/poll", Poll(looks=looks))
    return app


def leaky() -> App:
    return feed()


def tight() -> App:
    """What mends the leak."""
    return feed(own_group=True)


def deaf() -> App:
    return poll()


def listening() -> App:
    """What mends the deafness."""
    return poll(looks=True)
