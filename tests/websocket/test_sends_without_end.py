"""A loop of sends to a server that never waits: other tasks get their turns all the same."""

from __future__ import annotations

from collections.abc import Callable

import anyio
import pytest

from anyws import Request, WebSocket
from tests.websocket.scripted import ScriptedServer, app_with
from tests.websocket.sockets import pass_turns

MANY = 10_000
"""Sends after which a loop gives up."""

FEW = 1000
"""Fewer sends than this go out before another task has had the turns that it needs."""


class Ticks:
    """Sends until it is told that it is enough, and counts."""

    def __init__(self) -> None:
        self.sent = 0
        self.enough = False

    async def push(self, ws: WebSocket) -> None:
        while self.sent < MANY and not self.enough:
            await ws.send_text("tick")
            self.sent += 1

    async def soon(self, turns: int, deed: Callable[[], object]) -> None:
        """Do something in a task that has to have some turns for it."""
        await pass_turns(turns)
        deed()

    def stop(self) -> None:
        self.enough = True


@pytest.mark.parametrize("queue", [0, 4])
async def test_sends_beside_a_receive_let_others_run(queue: int) -> None:
    ticks = Ticks()

    async def respond(req: Request, ws: WebSocket) -> None:
        await ws.accept()
        async with anyio.create_task_group() as group:
            group.start_soon(ticks.push, ws)
            async for _ in ws:
                pass
            group.cancel_scope.cancel()

    server = ScriptedServer(app_with(respond, max_receive_queue=queue))
    async with anyio.create_task_group() as group:
        group.start_soon(ticks.soon, 1, server.push_disconnect)
        async with server:
            pass
    assert ticks.sent < FEW


@pytest.mark.parametrize("queue", [0, 4])
async def test_sends_of_an_error_handler_let_others_run(queue: int) -> None:
    ticks = Ticks()

    async def respond(req: Request, ws: WebSocket) -> None:
        await ws.accept()
        raise LookupError

    async def handle(
        req: Request, resp: None, ex: Exception, params: object, ws: WebSocket
    ) -> None:
        await ticks.push(ws)

    app = app_with(respond, max_receive_queue=queue)
    app.add_error_handler(LookupError, handle)
    async with anyio.create_task_group() as group:
        group.start_soon(ticks.soon, 3, ticks.stop)
        async with ScriptedServer(app):
            pass
    assert 0 < ticks.sent < FEW
