"""The same scenario gives the same log on asyncio and on Trio, under the virtual clock."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import anyio

from anyws import App, Request, Response, SSEvent, WebSocket
from anyws.testing import ASGIConductor, Entry, virtual_clock
from tests.testing.planted import rooms

MEMBERS = 5


class Beats:
    """Beats to sockets and in a stream of events; a POST ends the stream."""

    def __init__(self) -> None:
        self.posted = anyio.Event()

    async def on_websocket(self, req: Request, ws: WebSocket) -> None:
        await ws.accept()
        ws.discard_incoming()
        with ws.move_on_disconnect():
            while True:
                await anyio.sleep(30)
                await ws.send_text("beat")

    async def on_get(self, req: Request, resp: Response) -> None:
        resp.sse = self.beats()

    async def on_post(self, req: Request, resp: Response) -> None:
        self.posted.set()

    async def beats(self) -> AsyncIterator[SSEvent]:
        while not self.posted.is_set():
            yield SSEvent(text=str(anyio.current_time()))
            await anyio.sleep(30)


async def an_hour_of_everything() -> tuple[Entry, ...]:
    app = App()
    app.ws_options.idle_timeout = 2000
    app.add_route("/", Beats())
    async with ASGIConductor(app) as conductor, AsyncExitStack() as stack:
        clients = [
            await stack.enter_async_context(conductor.simulate_ws()) for _ in range(MEMBERS)
        ]
        stream = await stack.enter_async_context(conductor.simulate_get_stream("/"))
        await anyio.sleep(100)
        clients[0].stall()
        clients[1].drop()
        await clients[2].flood(10)
        await anyio.sleep(100)
        clients[0].resume()
        assert (await conductor.simulate_post()).status_code == 200
        assert len([event async for event in stream.events()]) == 7
        await anyio.sleep(2500)
        assert clients[3].close_code == 1001
        async with conductor.simulate_ws() as late:
            await late.receive_text()
            conductor.stop_server()
            await anyio.sleep(900)
    return conductor.journal.entries


async def everybody_speaks_at_once() -> tuple[Entry, ...]:
    async with ASGIConductor(rooms.mended()) as conductor, AsyncExitStack() as stack:
        clients = [
            await stack.enter_async_context(conductor.simulate_ws("/room")) for _ in range(MEMBERS)
        ]

        async def talk(number: int) -> None:
            for word in range(7):
                await anyio.sleep(1)
                await clients[number].send_text(f"{number} says {word}")

        async with anyio.create_task_group() as group:
            for number in range(MEMBERS):
                group.start_soon(talk, number)
        # Nobody leaves before all has been said.
        await anyio.sleep(1)
    return conductor.journal.entries


Scenario = Callable[[], Awaitable[tuple[Entry, ...]]]


def logs(scenario: Scenario) -> list[tuple[Entry, ...]]:
    """Run a scenario twice on each backend."""
    return [
        anyio.run(scenario, backend=backend, backend_options=virtual_clock(backend))
        for backend in ("asyncio", "asyncio", "trio", "trio")
    ]


def test_an_hour_of_heartbeats_faults_requests_and_a_stream_gives_the_same_log() -> None:
    first, *others = logs(an_hour_of_everything)
    assert len(first) > 250
    for other in others:
        assert other == first


def test_clients_that_speak_at_the_same_moment_are_heard_in_the_same_order() -> None:
    first, *others = logs(everybody_speaks_at_once)
    assert len(first) > MEMBERS * 7 * MEMBERS
    for other in others:
        assert other == first
