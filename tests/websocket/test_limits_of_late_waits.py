"""Limits of time that hold when the responder, or the application's lifespan, has ended."""

from __future__ import annotations

from contextlib import nullcontext

import anyio
import pytest
from anyio import sleep, sleep_forever

from anyws import App, Request, WebSocket, WebSocketDisconnected
from anyws.testing import ASGIConductor
from tests.websocket.scripted import ScriptedServer, app_with

pytestmark = pytest.mark.anyws_clock("virtual")


EITHER_WAY = pytest.mark.parametrize("lifespan", [True, False])
"""Under a lifespan, whose clock serves all connections, and under a server that has none."""


async def serve_for(seconds: float, app: App, *, lifespan: bool) -> ScriptedServer:
    """Serve an application for so many seconds, and then have the client leave."""
    around = ASGIConductor(app) if lifespan else nullcontext()
    async with around, ScriptedServer(app) as server:
        await sleep(seconds)
        server.push_disconnect()
    return server


@EITHER_WAY
async def test_an_error_handler_that_listens_is_held_to_the_idle_timeout(lifespan: bool) -> None:
    codes: list[int] = []

    async def respond(req: Request, ws: WebSocket) -> None:
        await ws.accept()
        raise LookupError

    async def listen(
        req: Request, resp: None, ex: Exception, params: object, ws: WebSocket
    ) -> None:
        with pytest.raises(WebSocketDisconnected) as raised:
            await ws.receive_text()
        codes.append(raised.value.code)

    app = app_with(respond, idle_timeout=5)
    app.add_error_handler(LookupError, listen)
    server = await serve_for(20, app, lifespan=lifespan)
    assert codes == [1001]
    assert server.close_event["code"] == 1001


@EITHER_WAY
async def test_a_handshake_that_an_error_handler_keeps_waiting_is_refused(lifespan: bool) -> None:
    async def respond(req: Request, ws: WebSocket) -> None:
        raise LookupError

    async def dawdle(req: Request, resp: None, ex: Exception, params: object) -> None:
        await sleep(10)

    app = app_with(respond, handshake_timeout=5)
    app.add_error_handler(LookupError, dawdle)
    server = await serve_for(20, app, lifespan=lifespan)
    assert [event.get("code") for event in server.sent] == [1013]


async def test_an_idle_client_is_closed_though_the_lifespan_has_ended_meanwhile() -> None:
    async def respond(req: Request, ws: WebSocket) -> None:
        await ws.accept()
        await ws.wait_disconnected()

    app = app_with(respond, idle_timeout=5)
    # A lifespan that is shut down would drain; one that is cancelled does not.
    lifespan = anyio.CancelScope()

    async def live() -> None:
        with lifespan:
            async with ASGIConductor(app):
                await sleep_forever()

    async with anyio.create_task_group() as group:
        group.start_soon(live)
        await sleep(1)
        async with ScriptedServer(app) as server:
            await sleep(2)
            lifespan.cancel()
            await sleep(20)
            assert server.done
    assert server.close_event["code"] == 1001
