"""Responses that are read while they come, without an event loop of one's own."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import anyio
import pytest

from anyws.testing import BlockingStream, TestClient
from tests.testing import apps

if TYPE_CHECKING:
    from anyws._asgi.types import Receive, Scope, Send

BACKENDS = ["asyncio", "trio"]


class Feed:
    """An application that gives an event each time it is told to, for as long as somebody reads."""

    def __init__(self) -> None:
        self.left = threading.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            return
        headers = [(b"content-type", b"text/event-stream"), (b"set-cookie", b"a=b")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        if scope["path"] == "/crash":
            raise ValueError("boom")
        body = b": hi\n\nretry: 5\nid: 1\ndata: one\n\n"
        await send({"type": "http.response.body", "body": body, "more_body": True})
        if scope["path"] == "/short":
            await send({"type": "http.response.body", "body": b"data: two\n\n"})
            return
        async with anyio.create_task_group() as group:
            group.start_soon(self._go_on, send)
            while (await receive())["type"] != "http.disconnect":
                pass
            group.cancel_scope.cancel()
        # One that the server cancels gets no further.
        await anyio.lowlevel.checkpoint()
        self.left.set()

    async def _go_on(self, send: Send) -> None:
        while True:
            await send({"type": "http.response.body", "body": b"x", "more_body": True})


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_response_is_read_while_it_comes_and_can_be_left(backend: str) -> None:
    feed = Feed()
    with TestClient(feed, backend=backend) as client:
        with client.simulate_get_stream("/") as result:
            assert (result.status_code, result.status) == (200, "200 OK")
            assert result.headers["content-type"] == "text/event-stream"
            assert result.cookies["a"].value == "b"
            parts = iter(result)
            assert next(parts).startswith(b": hi")
            assert [next(parts), next(parts)] == [b"x", b"x"]
            assert not feed.left.is_set()
        assert feed.left.is_set()


@pytest.mark.parametrize("backend", BACKENDS)
def test_without_a_with_block_the_application_is_run_for_the_stream(backend: str) -> None:
    client = TestClient(Feed(), backend=backend)
    with client.simulate_stream("GET", "/short") as result:
        assert [len(part) for part in result] == [32, 11]
    with client.simulate_get_stream("/short") as result:
        assert result.read().endswith(b"two\n\n")


def test_events_are_read_one_by_one() -> None:
    with TestClient(Feed()).simulate_get_stream("/short") as result:
        events = result.events()
        assert next(events).data == "one"
        assert (events.comments, events.retry) == (["hi"], 5)
        assert [event.data for event in events] == ["two"]


def test_the_client_may_leave_before_the_block_ends() -> None:
    feed = Feed()
    with TestClient(feed).simulate_get_stream("/") as result:
        result.leave()
        assert feed.left.wait(5)


def test_what_the_application_raises_comes_out_bare() -> None:
    with pytest.raises(ValueError, match="boom"), stream("/crash"):
        pass


def test_the_exception_of_the_block_ends_the_response() -> None:
    feed = Feed()
    with pytest.raises(KeyError, match="mine"), TestClient(feed).simulate_get_stream("/"):
        raise KeyError("mine")
    assert not feed.left.is_set()


def test_a_response_that_never_begins_is_told_of_and_nothing_is_left() -> None:
    async def crash(scope: Scope, receive: Receive, send: Send) -> None:
        raise ValueError("boom")

    with pytest.raises(ValueError, match="boom"):
        TestClient(apps.app_of(crash)).simulate_get_stream("/").__enter__()


def stream(path: str) -> BlockingStream:
    return TestClient(Feed()).simulate_get_stream(path)
