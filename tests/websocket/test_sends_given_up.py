"""Sends to a server that begins to wait and never ends: how they end, and what the server sees."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

import anyio
import pytest
from anyio import CancelScope, create_task_group, get_cancelled_exc_class
from anyio.lowlevel import checkpoint

from anyws import Request, WebSocket, WebSocketDisconnected
from tests.conftest import BACKENDS
from tests.websocket.held import HeldSocket
from tests.websocket.scripted import Event, app_with, settle
from tests.websocket.sockets import PATIENCE, cancel_task_at, pass_turns
from tests.websocket.waiting import Gate, HabitualServer, calm, calm_habits

Hold = Callable[[Event], Awaitable[None]]

IN_VIRTUAL_TIME = pytest.mark.anyws_clock("virtual")
ON_ASYNCIO = pytest.mark.parametrize("anyio_backend", BACKENDS[:2])


@IN_VIRTUAL_TIME
async def test_a_send_in_a_cancelled_scope_is_lost_with_its_connection_after_send_timeout(
    backend_name: str,
) -> None:
    async with calm(backend_name, send_timeout=1) as server, create_task_group() as group:
        server.on_frame = Gate()
        scope = CancelScope()

        async def send() -> None:
            with pytest.raises(WebSocketDisconnected), scope:
                await server.ws.send_text("stuck")

        group.start_soon(send)
        await settle()
        scope.cancel()
        assert await server.ws.wait_disconnected() == 1006
        await settle()
        assert server.texts() == ["calm"]


async def wait(event: Event) -> None:
    """Wait for what never comes."""
    await anyio.sleep_forever()


async def wait_again(event: Event) -> None:
    """Wait for what never comes, and when that is cut short, wait again, four times."""
    for _ in range(4):
        with suppress(get_cancelled_exc_class()):
            await anyio.sleep_forever()
    await anyio.sleep_forever()


async def hide(event: Event) -> None:
    """Wait for what never comes, and hide that it was cut short."""
    with suppress(get_cancelled_exc_class()):
        await anyio.sleep_forever()


@IN_VIRTUAL_TIME
@pytest.mark.parametrize("hold", [wait, wait_again, hide])
async def test_a_send_that_is_given_up_tells_of_the_end(backend_name: str, hold: Hold) -> None:
    async with calm(backend_name, send_timeout=1) as server:
        server.on_frame = hold
        with pytest.raises(WebSocketDisconnected) as raised:
            await server.ws.send_text("stuck")
        assert raised.value.code == 1006
        assert not isinstance(raised.value.__cause__, RuntimeError)


async def test_a_send_whose_server_does_nothing_but_let_others_run_is_given_up(
    backend_name: str,
) -> None:
    async def turn(event: Event) -> None:
        while True:
            await checkpoint()

    async with calm(backend_name, send_timeout=0.01) as server:
        server.on_frame = turn
        with pytest.raises(WebSocketDisconnected):
            await server.ws.send_text("stuck")


@IN_VIRTUAL_TIME
@pytest.mark.parametrize("hold", [wait, wait_again])
async def test_a_send_of_a_child_ends_close_timeout_after_the_responder(
    backend_name: str, hold: Hold
) -> None:
    async def respond(req: Request, ws: WebSocket) -> None:
        await ws.accept()
        await ws.send_text("calm")
        server.on_frame = hold
        ws.task_group.start_soon(ws.send_text, "stuck")
        await pass_turns(3)

    server = HabitualServer(app_with(respond, close_timeout=1), habits=calm_habits(backend_name))
    with anyio.fail_after(PATIENCE):
        async with server:
            pass
    assert server.kinds() == ["accept", "send"]


@ON_ASYNCIO
async def test_an_error_that_a_server_waits_for_reaches_it(backend_name: str) -> None:
    seen: list[OSError] = []

    async def hold(event: Event) -> None:
        room = asyncio.get_running_loop().create_future()
        room.get_loop().call_soon(room.set_exception, ConnectionResetError("reset"))
        try:
            await room
        except ConnectionResetError as error:
            seen.append(error)
            raise

    async with calm(backend_name) as server:
        server.on_frame = hold
        with pytest.raises(WebSocketDisconnected) as raised:
            await server.ws.send_text("lost")
        assert raised.value.__cause__ is seen[0]


@ON_ASYNCIO
async def test_a_task_that_asyncio_cancels_passes_it_on_to_the_server_where_that_waits(
    backend_name: str,
) -> None:
    seen: list[BaseException] = []
    room: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def hold(event: Event) -> None:
        try:
            await room
        except asyncio.CancelledError as error:
            seen.append(error)
            raise

    async with calm(backend_name) as server:
        server.on_frame = hold
        struck = await cancel_task_at(1, server.ws.send_text("struck"))
        assert struck.cancelled
        assert len(seen) == 1
        assert room.cancelled()
        server.on_frame = None
        await server.ws.send_text("next")
        assert server.texts() == ["calm", "next"]


class Room:
    """What servers that are not written in Python have their callers wait for, as Granian does: a
    future, and no coroutine that could be told of an error."""

    _asyncio_future_blocking = False

    def __init__(self) -> None:
        self._future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        for name in ("add_done_callback", "remove_done_callback", "cancel", "get_loop", "result"):
            setattr(self, name, getattr(self._future, name))
        self.make = self._future.set_result

    def __await__(self) -> Room:
        return self

    def __iter__(self) -> Room:
        return self

    def __next__(self) -> Room:
        if self._future.done():
            raise StopIteration
        self._asyncio_future_blocking = True
        return self


class ForeignServer(HeldSocket):
    """A server that is not written in Python, and never takes what is stuck."""

    def send(self, event: Event) -> Room:  # type: ignore[override]  # no coroutine
        self.sent.append(event)
        room = Room()
        if event.get("text") != "stuck":
            room.make(None)
        return room


@ON_ASYNCIO
@pytest.mark.parametrize("earlier", [0, 1])
async def test_a_server_that_cannot_see_a_cancellation_does_not_keep_it_from_the_sender(
    earlier: int,
) -> None:
    async with ForeignServer() as server:
        for _ in range(earlier):
            await server.ws.send_text("earlier")
        struck = await cancel_task_at(1, server.ws.send_text("stuck"))
        assert struck.cancelled


@ON_ASYNCIO
@pytest.mark.parametrize("earlier", [0, 1])
async def test_a_server_that_cannot_see_a_cancellation_does_not_keep_a_send_for_ever(
    earlier: int,
) -> None:
    async with ForeignServer(options={"send_timeout": 0.01}) as server:
        for _ in range(earlier):
            await server.ws.send_text("earlier")
        with pytest.raises(WebSocketDisconnected):
            await server.ws.send_text("stuck")
