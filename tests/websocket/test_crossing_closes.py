"""What crosses a close: another close, a departure, a failure of the server."""

from __future__ import annotations

import anyio
import pytest

from anyws import Request, WebSocket, WebSocketDisconnected
from tests.websocket.held import HeldSocket, Suspended
from tests.websocket.scripted import Event, ScriptedServer, app_with, settle
from tests.websocket.sockets import opened


class ServerError(Exception):
    """What a server may raise."""


class RefusedClose:
    """An `on_send` that keeps a close until it is let go, and refuses it then."""

    def __init__(self, error: Exception) -> None:
        self._error = error
        self.let_go = anyio.Event()

    async def __call__(self, event: Event) -> None:
        if event["type"] == "websocket.close":
            await self.let_go.wait()
            raise self._error


async def test_a_close_of_another_task_goes_out_though_the_responder_ends_meanwhile() -> None:
    async with opened() as (server, ws), anyio.create_task_group() as group:
        async with Suspended(server, "close"):
            group.start_soon(ws.close, 4000)
            await settle()
            server.let_responder_go()
            await settle()
            assert not server.done
        await settle()
        assert server.close_event["code"] == ws.close_code == 4000


async def test_a_departure_during_a_close_that_the_server_refuses_is_told_to_who_waits() -> None:
    codes: list[int] = []

    async def wait(ws: WebSocket) -> None:
        codes.append(await ws.wait_disconnected())

    async with opened() as (server, ws), anyio.create_task_group() as group:
        server.on_send = refused = RefusedClose(ServerError())
        group.start_soon(wait, ws)
        await settle()
        group.start_soon(ws.close, 4000)
        await settle()
        server.push_disconnect(4001)
        await settle()
        refused.let_go.set()
        await settle()
        assert codes == [4001]
        assert ws.close_code == 4001


@pytest.mark.parametrize("kind", ["move_on_disconnect", "fail_on_disconnect"])
async def test_a_block_that_is_entered_during_a_close_that_the_server_refuses_goes_on(
    kind: str,
) -> None:
    ended: list[str] = []

    async def stay(ws: WebSocket) -> None:
        with getattr(ws, kind)():
            await anyio.sleep_forever()
        ended.append(kind)

    async def close(ws: WebSocket) -> None:
        with pytest.raises(ServerError):
            await ws.close(4000)

    async with opened() as (server, ws), anyio.create_task_group() as group:
        server.on_send = refused = RefusedClose(ServerError())
        group.start_soon(close, ws)
        await settle()
        group.start_soon(stay, ws)
        await settle()
        refused.let_go.set()
        await settle()
        assert ws.ready
        assert ended == []
        group.cancel_scope.cancel()
        server.on_send = None


async def test_the_code_of_a_connection_that_ends_during_our_close_stays_what_it_is() -> None:
    async with opened() as (server, ws):
        server.on_send = refused = RefusedClose(OSError("gone"))
        refused.let_go.set()
        server.push_disconnect(4001)
        await ws.close(4000)
        assert ws.close_code == await ws.wait_disconnected() == 4001
        with pytest.raises(WebSocketDisconnected) as raised:
            await ws.receive_text()
        assert raised.value.code == 4001


@pytest.mark.parametrize("queue", [0, 4])
@pytest.mark.parametrize("when", ["before the end", "at the end"])
async def test_a_receive_of_another_connections_task_ends_where_the_server_reports_no_close(
    when: str, queue: int
) -> None:
    codes: list[int] = []

    async def receive(ws: WebSocket) -> None:
        with pytest.raises(WebSocketDisconnected) as raised:
            await ws.receive_text()
        codes.append(raised.value.code)

    async with (
        anyio.create_task_group() as group,
        HeldSocket(http_version="2", options={"max_receive_queue": queue}) as server,
        Suspended(server, "close") as suspended,
    ):
        if when == "before the end":
            group.start_soon(receive, server.ws)
            await settle()
        server.let_responder_go()
        await suspended.entered.wait()
        if when == "at the end":
            group.start_soon(receive, server.ws)
            await settle()
        suspended.let_go.set()
        await settle()
        assert codes == [1000]


async def test_nobody_asks_a_server_that_is_still_asked_by_a_task_on_its_way_out() -> None:
    asking = [0]
    let_go = anyio.Event()

    async def linger() -> None:
        asking.append(asking[-1] + 1)
        try:
            await anyio.sleep_forever()
        finally:
            with anyio.CancelScope(shield=True):
                await let_go.wait()
            asking.append(asking[-1] - 1)

    async def fail(event: Event) -> None:
        if event["type"] == "websocket.send":
            raise ServerError

    async with opened() as (server, ws):
        server.on_receive, server.on_send = linger, fail
        assert ws.ready
        await settle()
        server.let_responder_go()
        await settle()
        with pytest.raises(ServerError):
            await ws.send_text("fails")
        server.on_receive = None
        let_go.set()
    assert max(asking) == 1


@pytest.mark.anyws_clock("virtual")
async def test_a_broken_limit_behind_a_goodbye_that_fails_does_not_hold_the_end_up() -> None:
    async def respond(req: Request, ws: WebSocket) -> None:
        await ws.accept()
        server.push_text("much too long")

    async def lose(event: Event) -> None:
        if event["type"] == "websocket.close":
            raise OSError

    server = ScriptedServer(app_with(respond, max_message_size=4))
    server.on_send = lose
    async with server:
        pass
    assert anyio.current_time() == 0
