"""Many clients in one test."""

from __future__ import annotations

from contextlib import AsyncExitStack

import anyio
import pytest

from anyws import App, Request, WebSocket
from anyws.testing import ASGIConductor, ASGIWebSocketSimulator

CROWD = 1000


class Echo:
    async def on_websocket(self, req: Request, ws: WebSocket) -> None:
        await ws.accept()
        async for message in ws.iter_text():
            await ws.send_text(f"you said {message}")


@pytest.fixture
def app() -> App:
    app = App()
    app.add_route("/", Echo())
    return app


async def test_a_thousand_clients_are_served_at_once(app: App) -> None:
    async with ASGIConductor(app) as conductor, AsyncExitStack() as stack:
        clients = [await stack.enter_async_context(conductor.simulate_ws()) for _ in range(CROWD)]
        for client in clients:
            await client.send_text("hi")
        for client in clients:
            assert await client.receive_text() == "you said hi"


async def test_a_thousand_clients_may_come_and_go_each_in_a_task_of_its_own(app: App) -> None:
    answers: list[str] = []

    async def visit(conductor: ASGIConductor) -> None:
        async with conductor.simulate_ws() as client:
            await talk(client)

    async def talk(client: ASGIWebSocketSimulator) -> None:
        await client.send_text("hi")
        answers.append(await client.receive_text())

    async with ASGIConductor(app, seed=1) as conductor, anyio.create_task_group() as group:
        for _ in range(CROWD):
            group.start_soon(visit, conductor)
    assert answers == ["you said hi"] * CROWD
