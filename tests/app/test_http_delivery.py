"""How a response is sent, and what is closed when the client leaves before its end."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from typing import TYPE_CHECKING, Any

import anyio
import anyio.from_thread
import pytest

import anyws
from anyws.testing import ASGIConductor, wait_all_tasks_blocked

if TYPE_CHECKING:
    from anyws import Request, Response

Event = dict[str, Any]
Respond = Callable[["Request", "Response"], Awaitable[None]]


class Thing:
    def __init__(self, respond: Respond) -> None:
        self._respond = respond

    async def on_get(self, req: Request, resp: Response) -> None:
        await self._respond(req, resp)


def app_with(respond: Respond) -> anyws.App:
    app = anyws.App()
    app.add_route("/", Thing(respond))
    return app


class Client:
    """An HTTP client on the wire: it takes what is sent, and leaves when the test says so."""

    def __init__(self, *, fails_with: Exception | None = None) -> None:
        self.sent: list[Event] = []
        self.left = anyio.Event()
        self.asked = False
        self._fails_with = fails_with

    async def receive(self) -> Event:
        if not self.asked:
            self.asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def send(self, event: MutableMapping[str, Any]) -> None:
        await anyio.lowlevel.checkpoint()
        if self._fails_with is not None:
            raise self._fails_with
        self.sent.append(dict(event))

    async def run(self, app: anyws.App) -> None:
        scope = {"type": "http", "method": "GET", "path": "/", "headers": [], "query_string": b""}
        await app(scope, self.receive, self.send)

    @property
    def body(self) -> bytes:
        return b"".join(event.get("body", b"") for event in self.sent)


async def test_a_stream_is_sent_part_by_part_and_closed() -> None:
    log = []

    async def parts() -> AsyncIterator[bytes]:
        try:
            yield b"one,"
            yield b"two"
        finally:
            log.append("closed")

    async def respond(req: Request, resp: Response) -> None:
        resp.set_stream(parts(), 7)

    client = Client()
    await client.run(app_with(respond))
    assert client.body == b"one,two"
    assert [event.get("more_body") for event in client.sent] == [None, True, True, False]
    assert log == ["closed"]


async def test_better_a_stream_is_cancelled_and_closed_when_the_client_leaves() -> None:
    log = []

    async def parts() -> AsyncIterator[bytes]:
        try:
            yield b"one"
            await anyio.sleep_forever()
        finally:
            with anyio.CancelScope(shield=True):
                await anyio.lowlevel.checkpoint()
            log.append("closed")

    async def respond(req: Request, resp: Response) -> None:
        resp.stream = parts()

    client = Client()
    async with anyio.create_task_group() as group:
        group.start_soon(client.run, app_with(respond))
        await wait_all_tasks_blocked()
        assert client.body == b"one"
        client.left.set()
    assert log == ["closed"]


async def test_a_stream_that_is_not_sent_is_closed_as_well() -> None:
    log = []

    class Source:
        async def read(self, size: int, /) -> bytes:
            raise AssertionError("HEAD has no body")

        async def aclose(self) -> None:
            log.append("closed")

    async def respond(req: Request, resp: Response) -> None:
        resp.stream = Source()

    async with ASGIConductor(app_with(respond)) as conductor:
        assert (await conductor.simulate_head("/")).content == b""
    assert log == ["closed"]


@pytest.mark.parametrize("name", ["text", "data", "media", "sse"])
async def test_a_stream_that_something_else_goes_before_is_closed_as_well(name: str) -> None:
    log = []

    class Source:
        async def read(self, size: int, /) -> bytes:
            raise AssertionError("it is not what is sent")

        def close(self) -> None:
            log.append("closed")

    async def events() -> AsyncIterator[anyws.SSEvent]:
        yield anyws.SSEvent("x")

    async def respond(req: Request, resp: Response) -> None:
        resp.stream = Source()
        bodies = {"text": "x", "data": b"x", "media": "x", "sse": events()}
        setattr(resp, name, bodies[name])

    async with ASGIConductor(app_with(respond)) as conductor:
        await conductor.simulate_get("/")
    assert log == ["closed"]


async def test_a_stream_is_closed_where_the_server_fails_to_send() -> None:
    log = []

    async def parts() -> AsyncIterator[bytes]:
        try:
            yield b"one"
        finally:
            log.append("closed")

    class Source:
        def __init__(self) -> None:
            self._parts = parts()

        def __aiter__(self) -> AsyncIterator[bytes]:
            return self._parts

        async def aclose(self) -> None:
            log.append("source closed")

    async def respond(req: Request, resp: Response) -> None:
        resp.stream = Source()

    await Client(fails_with=BrokenPipeError()).run(app_with(respond))
    assert log == ["source closed"]


async def test_a_server_that_says_by_an_error_that_the_client_left_is_no_failure(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def respond(req: Request, resp: Response) -> None:
        resp.text = "nobody is there"

    await Client(fails_with=BrokenPipeError()).run(app_with(respond))
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


async def test_a_stream_that_gives_no_bytes_is_cut_off_and_the_log_has_the_remedy(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def parts() -> AsyncIterator[Any]:
        yield bytearray(b"a")
        yield memoryview(b"b")
        yield "c"

    async def respond(req: Request, resp: Response) -> None:
        resp.stream = parts()

    client = Client()
    await client.run(app_with(respond))
    assert client.body == b"ab"
    assert [type(event["body"]) for event in client.sent[1:]] == [bytes, bytes]
    assert client.sent[-1]["more_body"]
    assert "TypeError: what resp.stream gives is bytes, not str: encode text" in caplog.text


async def test_any_error_of_a_server_whose_client_has_left_is_no_failure(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def respond(req: Request, resp: Response) -> None:
        resp.text = "nobody is there"

    client = Client(fails_with=RuntimeError("the connection is being closed"))
    async with anyio.create_task_group() as group:
        group.start_soon(client.run, app_with(respond))
        await wait_all_tasks_blocked()
        client.left.set()
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


@pytest.mark.anyws_clock("virtual")
async def test_an_error_of_a_server_whose_client_is_there_is_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def respond(req: Request, resp: Response) -> None:
        resp.text = "somebody is there"

    await Client(fails_with=RuntimeError("too long for its Content-Length")).run(app_with(respond))
    assert "too long for its Content-Length" in caplog.text


async def test_scheduled_callbacks_run_in_the_task_group_of_the_application() -> None:
    release, coroutine_ran, function_ran = anyio.Event(), anyio.Event(), anyio.Event()

    async def later() -> None:
        await release.wait()
        coroutine_ran.set()

    async def respond(req: Request, resp: Response) -> None:
        resp.schedule(later)
        resp.schedule_sync(lambda: anyio.from_thread.run_sync(function_ran.set))

    async with ASGIConductor(app_with(respond)) as conductor:
        assert (await conductor.simulate_get("/")).status_code == 200
        assert not coroutine_ran.is_set()
        release.set()
        await coroutine_ran.wait()
        await function_ran.wait()


async def test_without_lifespan_scheduled_callbacks_run_after_the_response_was_sent(
    caplog: pytest.LogCaptureFixture,
) -> None:
    log = []
    client = Client()

    async def later() -> None:
        log.append(len(client.sent))

    async def fail() -> None:
        raise ValueError("of the callback")

    async def respond(req: Request, resp: Response) -> None:
        resp.schedule(fail)
        resp.schedule(later)

    await client.run(app_with(respond))
    assert log == [2]
    assert "of the callback" in caplog.text
