"""The body of a request as a stream."""

from __future__ import annotations

from typing import Any

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anyws import ClientDisconnected, HTTPContentTooLarge, Request, RequestOptions
from anyws.http.body import BodyStream
from anyws.http.incoming import Incoming
from anyws.http.parts import Parts
from anyws.testing import wait_all_tasks_blocked
from tests.http.exchanges import Server, make_scope, part, request_with_body


def stream_of(*parts: bytes, **options: Any) -> BodyStream:
    return request_with_body(*parts, **options).stream


async def test_a_body_is_read_whole() -> None:
    stream = stream_of(b"ab", b"", b"cde")
    assert not stream.eof
    assert await stream.read() == b"abcde"
    assert stream.eof
    assert await stream.read() == b""
    assert await stream.readall() == b""


@pytest.mark.parametrize("n", [-1, None])
async def test_the_rest_is_read_by_all_that_means_all(n: int | None) -> None:
    stream = stream_of(b"ab", b"cde")
    assert await stream.read(1) == b"a"
    assert await stream.read(n) == b"bcde"


async def test_read_gives_exactly_what_is_asked_for_and_less_only_at_the_end() -> None:
    stream = stream_of(b"ab", b"cde", b"fg")
    assert await stream.read(0) == b""
    assert [await stream.read(3) for _ in range(4)] == [b"abc", b"def", b"g", b""]
    assert stream.eof


async def test_iterating_gives_the_parts_as_they_arrive() -> None:
    stream = stream_of(b"ab", b"", b"cde")
    assert await stream.read(1) == b"a"
    assert [chunk async for chunk in stream] == [b"b", b"cde"]
    assert [chunk async for chunk in stream] == []


async def test_exhaust_reads_to_the_end() -> None:
    stream = stream_of(b"ab", b"cd")
    await stream.exhaust()
    assert stream.eof


async def test_without_a_body_the_end_is_there_at_once() -> None:
    server = Server()
    scope = make_scope()
    event = {"type": "http.request", "body": b"", "more_body": False}
    request = Request(scope, server.receive, options=RequestOptions(), first_event=event)
    assert request.stream.eof
    assert await request.stream.read() == b""
    assert server.calls == 0


async def test_a_content_length_of_zero_is_the_end() -> None:
    request = request_with_body(b"abc", headers={"Content-Length": "0"})
    assert request.stream.eof
    assert await request.stream.read() == b""


async def test_nothing_beyond_the_content_length_is_read() -> None:
    request = request_with_body(b"ab", b"cd", b"ef", headers={"Content-Length": "3"})
    assert await request.stream.read() == b"abc"
    assert request.stream.eof
    assert await request.stream.read() == b""


async def test_a_body_as_long_as_announced_ends_without_another_event() -> None:
    server = Server(part(b"abc"))
    incoming = Incoming(server.receive)
    stream = BodyStream(incoming, content_length=3, max_size=None)
    assert await stream.read() == b"abc"
    assert stream.eof
    assert server.calls == 1


async def test_an_announced_body_beyond_the_limit_is_a_413_before_it_is_read() -> None:
    server = Server(part(b"abc", more=False))
    stream = BodyStream(Incoming(server.receive), content_length=3, max_size=2)
    for _ in range(2):
        with pytest.raises(HTTPContentTooLarge, match="2 bytes"):
            await stream.read(1)
    assert server.calls == 0


@pytest.mark.parametrize("method", ["read", "readall", "exhaust", "__anext__"])
async def test_a_body_that_grows_beyond_the_limit_is_a_413_while_data_arrives(method: str) -> None:
    server = Server(part(b"abc"), part(b"def"))
    stream = BodyStream(Incoming(server.receive), content_length=None, max_size=2)
    for _ in range(2):
        with pytest.raises(HTTPContentTooLarge):
            await getattr(stream, method)()
    assert server.calls == 1


async def test_a_body_of_exactly_the_limit_is_read() -> None:
    assert await stream_of(b"ab", b"c", max_body_size=3).read() == b"abc"
    assert await stream_of(b"ab", b"c", max_body_size=None).read() == b"abc"


async def test_what_came_before_the_limit_can_be_read() -> None:
    stream = stream_of(b"ab", b"cd", max_body_size=3)
    assert await stream.read(2) == b"ab"
    with pytest.raises(HTTPContentTooLarge):
        await stream.read(1)


@pytest.mark.parametrize("content_length", [None, 5])
async def test_a_client_that_leaves_in_the_middle_of_a_body_is_never_a_silent_end(
    content_length: int | None,
) -> None:
    incoming = Incoming(Server(part(b"ab"), {"type": "http.disconnect"}).receive)
    stream = BodyStream(incoming, content_length=content_length, max_size=None)
    assert await stream.read(2) == b"ab"
    for _ in range(2):
        with pytest.raises(ClientDisconnected):
            await stream.read()
    assert not stream.eof
    assert issubclass(ClientDisconnected, OSError)


async def test_a_body_shorter_than_announced_is_a_client_that_left() -> None:
    request = request_with_body(b"ab", headers={"Content-Length": "3"})
    with pytest.raises(ClientDisconnected, match="2 of the 3 bytes"):
        await request.stream.read()


async def test_a_cancelled_read_loses_nothing() -> None:
    server = Server(part(b"ab"))
    stream = BodyStream(Incoming(server.receive), content_length=None, max_size=None)
    async with anyio.create_task_group() as group:
        group.start_soon(stream.readall)
        await wait_all_tasks_blocked()
        group.cancel_scope.cancel()
    server.events.append(part(b"cd", more=False))
    assert await stream.readall() == b"abcd"


@given(st.lists(st.binary(max_size=5)), st.lists(st.integers(0, 7)))
def test_parts_give_back_what_was_put_in_in_any_amounts(
    bodies: list[bytes], amounts: list[int]
) -> None:
    parts = Parts()
    for body in filter(None, bodies):
        parts.append(body)
    taken = b"".join(parts.take(amount) for amount in amounts)
    whole = b"".join(bodies)
    assert taken == whole[: sum(amounts)]
    assert parts.size == len(whole) - len(taken)
    assert parts.take(parts.size) == whole[len(taken) :]


def test_a_part_that_is_taken_whole_is_not_copied() -> None:
    body = b"x" * 100
    parts = Parts()
    parts.append(body)
    assert parts.take_first() is body
