"""What is raised in a block that ends when the client leaves, and what becomes of it."""

from __future__ import annotations

from typing import Any

import anyio
import pytest

from anyws import Request, WebSocket, WebSocketDisconnected
from tests.websocket.responders import accepted
from tests.websocket.scripted import ScriptedServer, app_with

KINDS = ["move_on_disconnect", "fail_on_disconnect"]


async def call_send(ws: WebSocket) -> None:
    await ws.wait_disconnected()
    await ws.send_text("x")


async def call_receive(ws: WebSocket) -> None:
    await ws.receive_text()


async def call_in_a_group(ws: WebSocket) -> None:
    async with anyio.create_task_group() as group:
        group.start_soon(call_send, ws)
        await ws.receive_text()


async def call_in_a_cleanup(ws: WebSocket) -> None:
    async def clean_up() -> None:
        try:
            await anyio.sleep_forever()
        finally:
            await ws.send_text("so long")

    async with anyio.create_task_group() as group:
        group.start_soon(clean_up)
        await anyio.sleep_forever()


CALLS = [call_send, call_receive, call_in_a_group, call_in_a_cleanup]


@pytest.mark.parametrize("call", CALLS)
async def test_a_call_that_finds_the_client_gone_ends_the_block_quietly(call: Any) -> None:
    caught = []

    async def respond(req: Request, ws: WebSocket) -> None:
        with ws.move_on_disconnect() as scope:
            await call(ws)
        caught.append(scope.cancelled_caught)

    async with ScriptedServer(app_with(accepted(respond))) as server:
        server.push_disconnect()
    assert caught == [True]


@pytest.mark.parametrize("call", CALLS)
async def test_a_call_that_finds_the_client_gone_fails_the_block_with_one_departure(
    call: Any,
) -> None:
    caught = []

    async def respond(req: Request, ws: WebSocket) -> None:
        try:
            with ws.fail_on_disconnect():
                await call(ws)
        except WebSocketDisconnected as error:
            caught.append(error.code)

    async with ScriptedServer(app_with(accepted(respond))) as server:
        server.push_disconnect(4001)
    assert caught == [4001]


@pytest.mark.parametrize("kind", KINDS)
async def test_another_error_passes_through_the_block(kind: str) -> None:
    caught = []

    async def respond(req: Request, ws: WebSocket) -> None:
        scope = getattr(ws, kind)()
        try:
            with scope:
                raise KeyError("lost")
        except KeyError as error:
            caught.append((error.args, scope.cancelled_caught))

    async with ScriptedServer(app_with(accepted(respond))):
        pass
    assert caught == [(("lost",), False)]


@pytest.mark.parametrize("kind", KINDS)
async def test_the_departure_of_another_socket_passes_through_the_block(kind: str) -> None:
    foreign = WebSocketDisconnected(4001)
    caught = []

    async def respond(req: Request, ws: WebSocket) -> None:
        try:
            with getattr(ws, kind)():
                raise foreign
        except WebSocketDisconnected as error:
            caught.append(error)

    async with ScriptedServer(app_with(accepted(respond))):
        pass
    assert caught == [foreign]
