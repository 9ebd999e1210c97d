"""The one reader of the server's events."""

from __future__ import annotations

from functools import partial

import anyio
import pytest

from anyws import ClientDisconnected, OperationNotAllowed
from anyws.http.incoming import READ_AHEAD, Incoming
from anyws.testing import wait_all_tasks_blocked
from tests.http.exchanges import Event, Server, part

LEFT: Event = {"type": "http.disconnect"}


async def test_parts_are_given_in_order_and_then_nothing() -> None:
    incoming = Incoming(Server(part(b"a"), part(b""), part(b"b", more=False)).receive)
    assert [await incoming.next_part() for _ in range(4)] == [b"a", b"b", b"", b""]
    assert incoming.body_ended
    assert not incoming.disconnected


async def test_the_event_that_was_read_before_comes_first() -> None:
    server = Server(part(b"b", more=False))
    incoming = Incoming(server.receive, part(b"a"))
    assert await incoming.next_part() == b"a"
    assert server.calls == 0
    assert await incoming.next_part() == b"b"


async def test_an_empty_body_has_ended_before_anything_is_read() -> None:
    server = Server()
    incoming = Incoming(server.receive, {"type": "http.request"})
    assert incoming.body_ended
    assert await incoming.next_part() == b""
    assert server.calls == 0


async def test_a_client_that_leaves_in_the_middle_of_a_body_is_an_error_again_and_again() -> None:
    server = Server(part(b"a"), {"type": "http.disconnect"})
    incoming = Incoming(server.receive)
    assert await incoming.next_part() == b"a"
    for _ in range(2):
        with pytest.raises(ClientDisconnected):
            await incoming.next_part()
    assert incoming.disconnected
    assert server.calls == 2


async def test_an_error_of_the_server_is_a_client_that_left() -> None:
    error = RuntimeError("the connection is gone")

    async def receive() -> Event:
        await anyio.lowlevel.checkpoint()
        raise error

    incoming = Incoming(receive)
    with pytest.raises(ClientDisconnected) as caught:
        await incoming.next_part()
    assert caught.value.__cause__ is error
    await incoming.wait_disconnected()


async def test_unknown_events_are_passed_over() -> None:
    incoming = Incoming(Server({"type": "http.unknown"}, part(b"a", more=False)).receive)
    assert await incoming.next_part() == b"a"


async def test_waiting_for_the_client_to_leave_ends_when_it_leaves() -> None:
    server = Server()
    incoming = Incoming(server.receive, part(b"", more=False))
    async with anyio.create_task_group() as group:
        group.start_soon(incoming.wait_disconnected)
        await wait_all_tasks_blocked()
        assert not incoming.disconnected
        server.left.set()
    await incoming.wait_disconnected()
    assert server.calls == 1


async def test_a_watcher_and_a_reader_take_turns_and_lose_nothing() -> None:
    bodies = [bytes([number]) for number in range(50)]
    server = Server(*map(part, bodies), part(b"", more=False))
    incoming = Incoming(server.receive)
    read = []
    async with anyio.create_task_group() as group:
        group.start_soon(incoming.wait_disconnected)
        while body := await incoming.next_part():
            read.append(body)
            if len(read) % 3 == 0:
                await wait_all_tasks_blocked()
        server.left.set()
    assert read == bodies
    assert incoming.disconnected


async def test_a_watcher_reads_so_many_bytes_ahead_and_no_more() -> None:
    half = b"a" * (READ_AHEAD // 2)
    server = Server(part(half), part(half), part(half), part(b"c", more=False))
    incoming = Incoming(server.receive)
    async with anyio.create_task_group() as group:
        group.start_soon(incoming.wait_disconnected)
        await wait_all_tasks_blocked()
        assert server.calls == 2
        assert await incoming.next_part() == half
        await wait_all_tasks_blocked()
        assert server.calls == 3
        group.cancel_scope.cancel()


async def test_a_body_that_nobody_reads_does_not_hide_that_the_client_left() -> None:
    server = Server(part(b"b"), part(b"c", more=False))
    incoming = Incoming(server.receive, part(b"a" * READ_AHEAD))
    async with anyio.create_task_group() as group:
        group.start_soon(incoming.wait_disconnected)
        await wait_all_tasks_blocked()
        assert server.calls == 0
        incoming.discard_body()
        server.left.set()
    assert incoming.disconnected


async def test_a_body_that_was_dropped_cannot_be_read_any_more() -> None:
    incoming = Incoming(Server().receive, part(b"a", more=False))
    incoming.discard_body()
    with pytest.raises(OperationNotAllowed, match="before the responder returns"):
        await incoming.next_part()


async def test_a_cancelled_reader_loses_nothing_and_lets_the_next_one_read() -> None:
    server = Server()
    incoming = Incoming(server.receive)
    async with anyio.create_task_group() as group:
        group.start_soon(incoming.next_part)
        group.start_soon(incoming.wait_disconnected)
        await wait_all_tasks_blocked()
        group.cancel_scope.cancel()
    server.events.append(part(b"a"))
    assert await incoming.next_part() == b"a"


async def test_parts_in_hand_are_given_while_a_watcher_waits_for_the_server() -> None:
    server = Server(part(b"a"), part(b"b"))
    incoming = Incoming(server.receive)
    async with anyio.create_task_group() as group:
        group.start_soon(incoming.wait_disconnected)
        await wait_all_tasks_blocked()
        assert server.calls == 3
        assert [await incoming.next_part() for _ in range(2)] == [b"a", b"b"]
        group.cancel_scope.cancel()


async def test_a_body_that_has_arrived_hides_no_departure_and_can_be_read_after_it() -> None:
    large = b"a" * READ_AHEAD
    incoming = Incoming(Server(part(b"b"), part(large, more=False), LEFT).receive)
    await incoming.wait_disconnected()
    assert [await incoming.next_part() for _ in range(3)] == [b"b", large, b""]


async def test_a_body_that_nobody_begins_to_read_in_time_is_dropped() -> None:
    incoming = Incoming(Server(part(b"a" * READ_AHEAD), LEFT).receive)
    await incoming.wait_disconnected(patience=0)
    with pytest.raises(OperationNotAllowed, match="begin to read it at once"):
        await incoming.next_part()


async def test_a_reader_that_has_begun_has_all_the_time_it_wants() -> None:
    large = b"a" * READ_AHEAD
    server = Server(part(large), part(large), LEFT)
    incoming = Incoming(server.receive)
    async with anyio.create_task_group() as group:
        group.start_soon(partial(incoming.wait_disconnected, patience=0))
        assert await incoming.next_part() == large
        await wait_all_tasks_blocked()
        assert await incoming.next_part() == large
    assert incoming.disconnected


async def test_only_a_reader_that_begins_when_it_is_expected_counts() -> None:
    large = b"a" * READ_AHEAD
    incoming = Incoming(Server(part(large), part(large), LEFT).receive)
    assert await incoming.next_part() == large
    incoming.expect_reader()
    await incoming.wait_disconnected(patience=0)
    assert incoming.disconnected


async def test_a_reader_whose_body_is_dropped_while_it_waits_is_told() -> None:
    server = Server()
    incoming = Incoming(server.receive)
    async with anyio.create_task_group() as group:
        group.start_soon(drop_when_others_wait, server, incoming)
        with pytest.raises(OperationNotAllowed):
            await incoming.next_part()


async def drop_when_others_wait(server: Server, incoming: Incoming) -> None:
    await wait_all_tasks_blocked()
    incoming.discard_body()
    server.left.set()


async def test_dropping_a_body_ends_with_it_and_asks_for_no_more() -> None:
    server = Server(part(b"b"), part(b"c", more=False), LEFT)
    incoming = Incoming(server.receive, part(b"a"))
    await incoming.drop_body(patience=60)
    assert incoming.body_arrived
    assert server.calls == 2


async def test_dropping_a_body_ends_with_the_client() -> None:
    incoming = Incoming(Server(part(b"b"), LEFT).receive, part(b"a"))
    await incoming.drop_body(patience=60)
    assert incoming.disconnected


@pytest.mark.anyws_clock("virtual")
async def test_dropping_a_body_ends_when_nothing_comes() -> None:
    incoming = Incoming(Server(part(b"b")).receive, part(b"a"))
    began = anyio.current_time()
    await incoming.drop_body(patience=60)
    assert anyio.current_time() - began == pytest.approx(60)
    assert not incoming.body_arrived
    assert not incoming.disconnected
