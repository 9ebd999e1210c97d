"""`unaccepted`, `ready`, `closed` and the end of a connection, as the responder sees them."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from anyio import create_task_group
from anyio.lowlevel import checkpoint

from anyws import Request, WebSocket, WebSocketDisconnected
from tests.websocket.held import Failing, HeldSocket, Suspended
from tests.websocket.scripted import ScriptedServer, app_with, settle


class Look(NamedTuple):
    """What a socket says of itself."""

    unaccepted: bool
    ready: bool
    closed: bool
    ready_state: int
    close_code: int | None


def look(ws: WebSocket) -> Look:
    return Look(ws.unaccepted, ws.ready, ws.closed, ws.ready_state, ws.close_code)


CONNECTING = Look(True, False, False, 0, None)
OPEN = Look(False, True, False, 1, None)


def over(code: int) -> Look:
    return Look(False, False, True, 3, code)


async def test_a_socket_is_unaccepted_in_its_handshake_only() -> None:
    async with HeldSocket(accept=False) as server:
        assert look(server.ws) == CONNECTING
        await server.ws.accept()
        assert look(server.ws) == OPEN
        await server.ws.close(4001)
        assert look(server.ws) == over(4001)


async def test_a_socket_that_was_refused_is_closed_and_no_longer_unaccepted() -> None:
    async with HeldSocket(accept=False) as server:
        await server.ws.close(4001)
        assert look(server.ws) == over(4001)


async def test_a_socket_that_the_responder_left_open_is_closed_after_it() -> None:
    async with HeldSocket() as server:
        pass
    assert look(server.ws) == over(1000)


async def test_a_socket_whose_client_was_heard_to_leave_is_closed() -> None:
    async with HeldSocket() as server:
        server.push_disconnect(1001, "bye")
        with pytest.raises(WebSocketDisconnected):
            await server.ws.receive_text()
        assert look(server.ws) == over(1001)
        assert server.ws.close_reason == "bye"


@pytest.mark.parametrize("attribute", ["ready", "closed"])
async def test_looking_at_the_state_starts_the_reading_ahead(attribute: str) -> None:
    async with HeldSocket() as server:
        assert server.receives == 1
        server.push_disconnect(1001)
        await settle()
        assert server.receives == 1
        before = getattr(server.ws, attribute)
        await settle()
        assert server.receives == 2
        assert getattr(server.ws, attribute) is not before
        assert look(server.ws) == over(1001)


@pytest.mark.parametrize("attribute", ["ready", "closed"])
async def test_a_loop_over_the_state_ends_when_the_client_leaves(attribute: str) -> None:
    turns: list[int] = []

    async def respond(req: Request, ws: WebSocket) -> None:
        await ws.accept()
        while ws.ready if attribute == "ready" else not ws.closed:
            turns.append(1)
            await checkpoint()
            if len(turns) == 5:
                server.push_disconnect(1001)
            if len(turns) == 100:
                return

    server = ScriptedServer(app_with(respond))
    async with server:
        pass
    assert 5 <= len(turns) < 20
    assert server.kinds() == ["accept"]


@pytest.mark.parametrize("attribute", ["ready", "closed"])
async def test_a_loop_of_sends_over_the_state_ends_though_the_servers_sends_never_wait(
    attribute: str,
) -> None:
    async def respond(req: Request, ws: WebSocket) -> None:
        await ws.accept()
        while ws.ready if attribute == "ready" else not ws.closed:
            await ws.send_text("x")
            if len(server.sent) > 1_000:
                return

    server = ScriptedServer(app_with(respond))
    server.push_disconnect(1001)
    async with server:
        pass
    assert len(server.sent) < 1_000
    assert "close" not in server.kinds()


async def test_looking_at_the_state_calls_nothing_twice() -> None:
    async with HeldSocket() as server:
        for _ in range(3):
            assert look(server.ws) == OPEN
            await settle()
        assert server.receives == 2


async def test_a_socket_is_closed_while_earlier_messages_wait_in_the_queue() -> None:
    async with HeldSocket() as server:
        assert look(server.ws) == OPEN
        server.push_text("a")
        server.push_text("b")
        server.push_disconnect(1001)
        await settle()
        assert look(server.ws) == over(1001)
        assert [await server.ws.receive_text() for _ in range(2)] == ["a", "b"]
        assert look(server.ws) == over(1001)
        with pytest.raises(WebSocketDisconnected):
            await server.ws.receive_text()


async def test_a_departure_behind_a_full_queue_shows_when_there_is_room() -> None:
    async with HeldSocket(options={"max_receive_queue": 1}) as server:
        assert server.ws.ready
        for text in ("a", "b"):
            server.push_text(text)
        server.push_disconnect(1001)
        await settle()
        assert look(server.ws) == OPEN
        assert await server.ws.receive_text() == "a"
        assert server.ws.ready
        await settle()
        assert look(server.ws) == over(1001)
        assert await server.ws.receive_text() == "b"


async def test_a_departure_in_the_handshake_shows_to_who_looks() -> None:
    async with HeldSocket(accept=False) as server:
        server.push_disconnect(1001)
        assert not server.ws.closed
        await settle()
        assert look(server.ws) == over(1001)


async def test_while_our_close_is_under_way_the_socket_is_not_ready_and_closed() -> None:
    async with HeldSocket() as server:
        async with create_task_group() as group, Suspended(server, "close") as stuck:
            group.start_soon(server.ws.close, 4001)
            await stuck.entered.wait()
            assert look(server.ws) == Look(False, False, True, 2, 4001)
        assert look(server.ws) == over(4001)


async def test_without_a_queue_a_departure_shows_only_at_the_next_receive() -> None:
    async with HeldSocket(options={"max_receive_queue": 0}) as server:
        server.push_disconnect(1001)
        for _ in range(2):
            assert look(server.ws) == OPEN
            await settle()
        assert server.receives == 1
        with pytest.raises(WebSocketDisconnected):
            await server.ws.receive_text()
        assert look(server.ws) == over(1001)


@pytest.mark.parametrize("error", [OSError("gone"), RuntimeError("the connection is closed")])
async def test_without_a_queue_a_departure_shows_at_the_next_failing_send(
    error: Exception,
) -> None:
    async with HeldSocket(options={"max_receive_queue": 0}) as server:
        server.push_disconnect(1001)
        await server.ws.send_text("lost, and nobody said so")
        assert look(server.ws) == OPEN
        server.on_send = Failing("send", error)
        with pytest.raises(WebSocketDisconnected):
            await server.ws.send_text("lost")
        assert server.ws.closed
        assert not server.ws.ready


async def test_without_a_queue_a_departure_before_accept_shows_after_it() -> None:
    async with HeldSocket(accept=False, options={"max_receive_queue": 0}) as server:
        server.push_disconnect(1001)
        assert look(server.ws) == CONNECTING
        await settle()
        assert look(server.ws) == CONNECTING
