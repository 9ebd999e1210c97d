"""Responses to requests whose body has not arrived in full, or is never read."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from typing import TYPE_CHECKING, Any

import anyio
import pytest
from anyio.lowlevel import checkpoint

import anyws
from anyws.http.incoming import READ_AHEAD
from anyws.testing import wait_all_tasks_blocked
from tests.http.exchanges import part

if TYPE_CHECKING:
    from anyws import Request, Response

Event = dict[str, Any]
Respond = Callable[["Request", "Response"], Awaitable[None]]

# Where all tasks wait, time jumps to the next deadline.
virtual_time = pytest.mark.anyws_clock("virtual")
LARGE = b"x" * READ_AHEAD


class Thing:
    def __init__(self, respond: Respond) -> None:
        self._respond = respond

    async def on_post(self, req: Request, resp: Response) -> None:
        await self._respond(req, resp)


class Client:
    """A client that sends a body while it gets a response, on a server as Hypercorn is one.

    The server's queue has room for few parts, and the end of a response waits for a place in it.
    """

    ROOM = 3

    def __init__(self, *parts: Event, headers: tuple[tuple[bytes, bytes], ...] = ()) -> None:
        self.sent: list[Event] = []
        self.log: list[str] = []
        self.queue: deque[Event] = deque()
        self._headers = headers
        self._to_come = deque(parts)
        self._news = anyio.Event()
        self._fill()

    def send_part(self, body: bytes, *, more: bool = True) -> None:
        """Have the client send a part of its body."""
        self._to_come.append(part(body, more=more))
        self._fill()

    def leave(self) -> None:
        """Have the client leave."""
        self._to_come.append({"type": "http.disconnect"})
        self._fill()

    async def run(self, respond: Respond) -> None:
        app = anyws.App()
        app.resp_options.sse_ping_interval = None
        app.add_route("/", Thing(respond))
        scope = {"type": "http", "method": "POST", "path": "/", "headers": list(self._headers)}
        await app(scope, self._receive, self._send)

    @property
    def body(self) -> bytes:
        return b"".join(event.get("body", b"") for event in self.sent)

    @property
    def has_response(self) -> bool:
        return len(self.sent) > 1 and not self.sent[-1]["more_body"]

    async def _receive(self) -> Event:
        await checkpoint()
        while not self.queue:
            self._news = anyio.Event()
            await self._news.wait()
        event = self.queue.popleft()
        self._fill()
        if not event.get("more_body", True):
            self.log.append("end of the request")
        return event

    async def _send(self, event: MutableMapping[str, Any]) -> None:
        await checkpoint()
        if event.get("more_body") is False:
            with anyio.fail_after(60):
                while len(self.queue) == self.ROOM:
                    await checkpoint()
            self.log.append("end of the response")
        self.sent.append(dict(event))

    def _fill(self) -> None:
        while self._to_come and len(self.queue) < self.ROOM:
            self.queue.append(self._to_come.popleft())
        self._news.set()


async def refuse(req: Request, resp: Response) -> None:
    resp.text = "no, thank you"


async def test_a_body_that_nobody_reads_is_dropped_while_the_response_is_sent() -> None:
    client = Client(*[part(LARGE)] * 20, part(b"", more=False))
    await client.run(refuse)
    assert client.body == b"no, thank you"
    assert client.log == ["end of the request", "end of the response"]


async def test_the_body_of_a_response_does_not_wait_for_the_end_of_the_request() -> None:
    client = Client(part(LARGE))
    async with anyio.create_task_group() as group:
        group.start_soon(client.run, refuse)
        await wait_all_tasks_blocked()
        assert client.body == b"no, thank you"
        assert not client.has_response
        client.send_part(b"", more=False)
    assert client.has_response


@virtual_time
async def test_a_response_ends_when_nothing_of_the_request_comes_for_five_to_ten_seconds() -> None:
    client = Client(part(LARGE))
    async with anyio.create_task_group() as group:
        group.start_soon(client.run, refuse)
        for _ in range(3):
            await anyio.sleep(4)
            client.send_part(b"more")
        assert not client.has_response
        began = anyio.current_time()
    assert client.has_response
    assert 5 <= anyio.current_time() - began <= 10


@virtual_time
async def test_a_response_ends_within_half_a_minute_whatever_of_the_request_comes() -> None:
    client = Client(part(LARGE))
    async with anyio.create_task_group() as group:
        group.start_soon(client.run, refuse)
        while not client.has_response:
            await anyio.sleep(1)
            client.send_part(b"more")
        assert 30 <= anyio.current_time() <= 36


async def test_a_client_that_leaves_beside_an_unread_body_ends_the_request() -> None:
    client = Client(part(LARGE))
    async with anyio.create_task_group() as group:
        group.start_soon(client.run, refuse)
        await wait_all_tasks_blocked()
        client.leave()


async def test_a_body_that_was_read_to_its_length_ends_before_the_response_does() -> None:
    async def respond(req: Request, resp: Response) -> None:
        resp.media = await req.get_media()

    client = Client(part(b"[1]"), part(b"", more=False), headers=((b"content-length", b"3"),))
    await client.run(respond)
    assert client.body == b"[1]"
    assert client.log == ["end of the request", "end of the response"]


async def test_a_body_that_came_in_one_event_costs_the_response_no_further_one() -> None:
    client = Client(part(b"[1]", more=False))
    await client.run(refuse)
    assert [event["type"] for event in client.sent] == [
        "http.response.start",
        "http.response.body",
    ]


async def test_a_stream_of_the_request_itself_gives_each_part_as_it_arrives() -> None:
    async def respond(req: Request, resp: Response) -> None:
        resp.stream = req.stream

    client = Client(part(b"one"))
    async with anyio.create_task_group() as group:
        group.start_soon(client.run, respond)
        for body in (b"two", b"three"):
            await wait_all_tasks_blocked()
            client.send_part(body)
        await wait_all_tasks_blocked()
        assert client.body == b"onetwothree"
        client.send_part(b"", more=False)
    assert client.has_response


@pytest.mark.parametrize("as_events", [False, True], ids=["stream", "events"])
async def test_a_source_can_read_the_whole_body_after_its_first_words(as_events: bool) -> None:
    async def read(req: Request) -> AsyncIterator[bytes]:
        yield b"reading"
        yield b"%d" % len(await req.stream.read())

    async def read_beside_events(req: Request) -> AsyncIterator[anyws.SSEvent]:
        async for words in read(req):
            yield anyws.SSEvent(words)

    async def respond(req: Request, resp: Response) -> None:
        if as_events:
            resp.sse = read_beside_events(req)
        else:
            resp.stream = read(req)

    client = Client(*[part(LARGE)] * 20, part(b"", more=False))
    await client.run(respond)
    assert b"%d" % (20 * len(LARGE)) in client.body
    assert client.has_response


async def test_what_a_source_leaves_of_the_body_is_dropped() -> None:
    async def read(req: Request) -> AsyncIterator[bytes]:
        yield await req.stream.read(3)

    async def respond(req: Request, resp: Response) -> None:
        resp.stream = read(req)

    client = Client(*[part(LARGE)] * 20, part(b"", more=False))
    await client.run(respond)
    assert client.body == b"xxx"
    assert client.log == ["end of the request", "end of the response"]


@virtual_time
async def test_a_large_body_that_a_source_does_not_begin_to_read_hides_no_departure_for_long() -> (
    None
):
    ended = []

    async def ignore() -> AsyncIterator[bytes]:
        try:
            yield b"listening to nobody"
            await anyio.sleep_forever()
        finally:
            ended.append(anyio.current_time())

    async def respond(req: Request, resp: Response) -> None:
        resp.stream = ignore()

    client = Client(*[part(LARGE)] * 20, {"type": "http.disconnect"})
    began = anyio.current_time()
    await client.run(respond)
    assert ended == [pytest.approx(began + 10)]


@virtual_time
async def test_a_source_that_has_begun_to_read_has_all_the_time_it_wants() -> None:
    async def read_slowly(req: Request) -> AsyncIterator[bytes]:
        async for chunk in req.stream:
            await anyio.sleep(60)
            yield b"%d." % len(chunk)

    async def respond(req: Request, resp: Response) -> None:
        resp.stream = read_slowly(req)

    client = Client(*[part(LARGE)] * 5, part(b"", more=False))
    await client.run(respond)
    assert client.body == b"65536." * 5


async def test_a_small_body_that_a_source_does_not_read_hides_no_departure() -> None:
    ended = []

    async def ignore() -> AsyncIterator[bytes]:
        try:
            yield b"listening to nobody"
            await anyio.sleep_forever()
        finally:
            ended.append("ended")

    async def respond(req: Request, resp: Response) -> None:
        resp.stream = ignore()

    client = Client(part(b"a few"), part(b"bytes"))
    async with anyio.create_task_group() as group:
        group.start_soon(client.run, respond)
        await wait_all_tasks_blocked()
        assert not ended
        client.leave()
    assert ended == ["ended"]


async def read_all(req: Request) -> AsyncIterator[bytes]:
    async for chunk in req.stream:
        yield chunk


async def read_first(req: Request, resp: Response) -> None:
    await req.stream.read()


async def hand_back(req: Request, resp: Response) -> None:
    resp.stream = read_all(req)


@pytest.mark.parametrize("first", [b"some of it", b""])
@pytest.mark.parametrize("respond", [read_first, hand_back])
async def test_a_client_that_leaves_in_the_middle_of_its_body_is_no_error_of_the_program(
    respond: Respond, first: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    client = Client(part(first))
    async with anyio.create_task_group() as group:
        group.start_soon(client.run, respond)
        await wait_all_tasks_blocked()
        client.leave()
    assert not [record for record in caplog.records if record.levelname != "DEBUG"]


async def test_a_client_that_only_stops_sending_sees_that_its_request_is_incomplete() -> None:
    headers = ((b"content-length", b"10"),)
    client = Client(part(b"some"), part(b"", more=False), headers=headers)
    await client.run(read_first)
    assert client.sent[0]["status"] == 400


async def test_a_server_that_takes_all_without_waiting_can_tell_that_the_client_left() -> None:
    closed = []

    async def endless() -> AsyncIterator[bytes]:
        try:
            while True:
                yield b"never a pause"
        finally:
            closed.append("closed")

    async def respond(req: Request, resp: Response) -> None:
        resp.stream = endless()

    class Indifferent(Client):
        async def _send(self, event: MutableMapping[str, Any]) -> None:
            """Take it, as asyncio's transports do when they are closed."""
            self.sent.append(dict(event))
            if len(self.sent) == 10:
                self.leave()
            if len(self.sent) == 100:
                raise OSError("a server that would go on like this for ever")

    client = Indifferent(part(b"", more=False))
    await client.run(respond)
    assert closed == ["closed"]
    assert len(client.sent) < 20
