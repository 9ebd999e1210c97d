"""A stream of events, as long as the client stays."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

import anyio
import pytest

import anyws
from anyws.sse import SSEvent
from anyws.testing import ASGIConductor, ReceivedEvent, wait_all_tasks_blocked
from tests.sse.streaming import app_of

if TYPE_CHECKING:
    from anyws import Request, Response


async def test_events_are_sent_until_the_generator_ends() -> None:
    async def events() -> AsyncIterator[SSEvent]:
        yield SSEvent("one", event="count", event_id="1")
        yield SSEvent(json={"n": 2})

    async with ASGIConductor(app_of(events)) as conductor:
        result = await conductor.simulate_get("/")
    assert result.status_code == 200
    assert result.headers["content-type"] == "text/event-stream"
    assert result.headers["cache-control"] == "no-store"
    assert "content-length" not in result.headers
    assert result.content == b'event: count\nid: 1\ndata: one\n\ndata: {"n":2}\n\n'


async def test_the_client_knows_that_it_is_connected_before_there_is_an_event() -> None:
    sent: list[Any] = []

    async def events() -> AsyncIterator[SSEvent]:
        await anyio.sleep_forever()
        yield SSEvent("never")

    async def receive() -> dict[str, Any]:
        if sent:
            await anyio.sleep_forever()
        return {"type": "http.request"}

    async def send(event: Any) -> None:
        sent.append(event)

    scope = {"type": "http", "method": "GET", "path": "/", "headers": []}
    async with anyio.create_task_group() as group:
        group.start_soon(app_of(events), scope, receive, send)
        await wait_all_tasks_blocked()
        # Headers alone may be kept back by a server, those with a body may not.
        assert sent[1:] == [{"type": "http.response.body", "body": b"", "more_body": True}]
        group.cancel_scope.cancel()


async def test_each_event_is_sent_at_once() -> None:
    outlet, inlet = anyio.create_memory_object_stream[str](1)

    async def events() -> AsyncIterator[SSEvent]:
        async for text in inlet:
            yield SSEvent(text)

    async with (
        outlet,
        inlet,
        ASGIConductor(app_of(events)) as conductor,
        conductor.simulate_get_stream("/") as result,
    ):
        received = result.events()
        for text in ("one", "two"):
            await outlet.send(text)
            assert await anext(received) == ReceivedEvent("message", text, "")


async def test_none_is_a_ping() -> None:
    async def events() -> AsyncIterator[SSEvent | None]:
        yield None
        yield SSEvent("x")

    async with ASGIConductor(app_of(events)) as conductor:
        assert (await conductor.simulate_get("/")).content == b": ping\n\ndata: x\n\n"


async def test_a_slow_client_holds_the_generator_back() -> None:
    asked = 0

    async def events() -> AsyncIterator[SSEvent]:
        nonlocal asked
        while True:
            asked += 1
            yield SSEvent(str(asked))

    async with (
        ASGIConductor(app_of(events)) as conductor,
        conductor.simulate_get_stream("/") as result,
    ):
        await wait_all_tasks_blocked()
        held_at = asked
        await wait_all_tasks_blocked()
        assert asked == held_at < 30
        assert (await anext(result)) == b"data: 1\n\n"
        await wait_all_tasks_blocked()
        assert asked == held_at + 1


async def test_head_sends_the_headers_and_closes_the_generator_before_it_starts() -> None:
    sources = []

    async def events() -> AsyncIterator[SSEvent]:
        pytest.fail("HEAD has no body")
        yield SSEvent("never")

    def make_source() -> AsyncIterator[SSEvent]:
        sources.append(events())
        return sources[0]

    async with ASGIConductor(app_of(make_source)) as conductor:
        result = await conductor.simulate_head("/")
    assert (result.status_code, result.content) == (200, b"")
    assert result.headers["content-type"] == "text/event-stream"
    assert await anext(sources[0], None) is None


async def test_a_program_may_set_its_own_cache_control() -> None:
    class Own:
        async def on_get(self, req: Request, resp: Response) -> None:
            resp.cache_control = "no-cache"
            resp.sse = self.events()

        async def events(self) -> AsyncIterator[SSEvent]:
            yield SSEvent("x")

    app = anyws.App()
    app.add_route("/", Own())
    async with ASGIConductor(app) as conductor:
        assert (await conductor.simulate_get("/")).headers["cache-control"] == "no-cache"


async def test_events_of_another_class_are_sent_if_they_can_be_serialized() -> None:
    class Shout:
        def serialize(self) -> bytes:
            return b"data: AH\n\n"

    async def events() -> AsyncIterator[Any]:
        yield Shout()

    async with ASGIConductor(app_of(events)) as conductor:
        assert (await conductor.simulate_get("/")).content == b"data: AH\n\n"


async def test_serialized_events_can_be_a_stream_of_bytes_as_well() -> None:
    class Counter:
        async def on_get(self, req: Request, resp: Response) -> None:
            resp.content_type = "text/event-stream"
            resp.set_header("Connection", "keep-alive")
            resp.stream = self.events()

        async def events(self) -> AsyncIterator[bytes]:
            for count in range(2):
                event = SSEvent(data=str(count), event_type="counter", event_id=str(count))
                yield event.serialize().encode("utf-8")

    app = anyws.App()
    app.add_route("/", Counter())
    async with (
        ASGIConductor(app) as conductor,
        conductor.simulate_get_stream("/") as result,
    ):
        assert result.headers["content-type"] == "text/event-stream"
        assert [event async for event in result.events()] == [
            ReceivedEvent("counter", "0", "0"),
            ReceivedEvent("counter", "1", "1"),
        ]
