"""What a drain does to HTTP: event streams end, endless ones are cut off, requests go on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

import anyio
import anyio.lowlevel
import pytest

from anyws import App, Request, Response, SSEvent
from anyws.testing import ASGIConductor
from tests.app.drained import Log
from tests.websocket.scripted import settle

virtual = pytest.mark.anyws_clock("virtual")


class News:
    """Server-sent events, one a second."""

    def __init__(self, log: Log) -> None:
        self.log = log

    async def on_get(self, req: Request, resp: Response) -> None:
        resp.sse = self._events()

    async def _events(self) -> AsyncIterator[SSEvent]:
        try:
            for n in range(1000):
                yield SSEvent(text=str(n))
                await anyio.sleep(1)
        finally:
            await anyio.lowlevel.checkpoint()
            self.log.note("closed")


class Download:
    """A stream with a part a second, for as many seconds as the query says, announced or not."""

    def __init__(self, log: Log) -> None:
        self.log = log

    async def on_get(self, req: Request, resp: Response) -> None:
        count = int(req.query_string)
        resp.content_type = "application/octet-stream"
        resp.set_stream(self._parts(count), 4 * count)

    async def on_get_live(self, req: Request, resp: Response) -> None:
        resp.content_type = "application/octet-stream"
        resp.stream = self._parts(int(req.query_string))

    async def _parts(self, count: int) -> AsyncIterator[bytes]:
        try:
            for _ in range(count):
                yield b"part"
                await anyio.sleep(1)
        finally:
            await anyio.lowlevel.checkpoint()
            self.log.note("closed")


class Work:
    """A request that takes as many seconds as the query says."""

    async def on_get(self, req: Request, resp: Response) -> None:
        await anyio.sleep(float(req.query_string))
        resp.text = "done"


class Health:
    async def on_get(self, req: Request, resp: Response) -> None:
        resp.status = 503 if app_of(req).draining else 200


def app_of(req: Request) -> App:
    app = req.state["app"]
    assert isinstance(app, App)
    return app


@pytest.fixture
def log() -> Log:
    return Log()


@pytest.fixture
def app(log: Log) -> App:
    app = App()
    app.add_route("/news", News(log))
    app.add_route("/download", (download := Download(log)))
    app.add_route("/live", download, suffix="live")
    app.add_route("/work", Work())
    return app


@virtual
async def test_an_event_stream_ends_properly_so_that_its_client_connects_anew(
    app: App, log: Log
) -> None:
    async with (
        ASGIConductor(app) as conductor,
        conductor.simulate_stream("GET", "/news") as stream,
    ):
        await anyio.sleep(2.5)
        await app.drain()
        assert (await stream.read()).count(b"data:") == 3
        assert anyio.current_time() == 2.5
    assert log == [(2.5, "closed")]


@virtual
async def test_a_stream_without_a_length_is_cut_off_so_that_its_client_can_see_it(
    app: App, log: Log
) -> None:
    async with ASGIConductor(app) as conductor:
        with pytest.raises(RuntimeError, match="before the response was complete"):
            async with conductor.simulate_stream("GET", "/live?100") as stream:
                await anyio.sleep(2.5)
                await app.drain()
                assert anyio.current_time() == 2.5
                await stream.read()
    assert log == [(2.5, "closed")]


@virtual
async def test_event_streams_are_ended_in_their_share_of_the_spread(app: App, log: Log) -> None:
    async with ASGIConductor(app) as conductor:
        streams = [conductor.simulate_stream("GET", "/news") for _ in range(10)]
        for stream in streams:
            await stream.__aenter__()
        await settle()
        await app.drain(spread=10)
        for place, (time, _) in enumerate(log):
            assert place <= time < place + 1
        for stream in streams:
            await stream.__aexit__(None, None, None)


@virtual
async def test_an_event_stream_that_begins_late_is_ended_in_the_rest_of_the_spread(
    app: App, log: Log
) -> None:
    async with ASGIConductor(app) as conductor, anyio.create_task_group() as group:
        group.start_soon(conductor.simulate_get, "/work?15")
        await settle()
        group.start_soon(partial(app.drain, spread=10))
        await anyio.sleep(5)
        async with conductor.simulate_stream("GET", "/news") as stream:
            await stream.read()
    assert 5 <= log[0][0] < 10


@virtual
async def test_a_download_has_time_until_the_rest_is_cancelled(app: App, log: Log) -> None:
    async with (
        ASGIConductor(app) as conductor,
        anyio.create_task_group() as group,
        conductor.simulate_stream("GET", "/download?10") as stream,
    ):
        await anyio.sleep(2.5)
        group.start_soon(app.drain)
        assert await stream.read() == b"part" * 10
    assert log == [(10, "closed")]


@virtual
async def test_a_download_that_begins_late_has_time_until_the_rest_is_cancelled(
    app: App, log: Log
) -> None:
    async with ASGIConductor(app) as conductor, anyio.create_task_group() as group:
        group.start_soon(conductor.simulate_get, "/work?15")
        await settle()
        group.start_soon(partial(app.drain, deadline=20))
        await settle()
        assert (await conductor.simulate_get("/download?3")).content == b"part" * 3
        with pytest.raises(RuntimeError, match="complete"):
            await conductor.simulate_get("/download?100")
    assert log == [(3, "closed"), (16, "closed")]


@virtual
async def test_an_event_stream_whose_client_does_not_read_is_cut_off_in_the_end(
    app: App, log: Log
) -> None:
    async with ASGIConductor(app) as conductor:
        stream = conductor.simulate_stream("GET", "/news")
        await stream.__aenter__()
        stream.stall()
        await anyio.sleep(3)
        await app.drain(deadline=10)
        assert anyio.current_time() == 11
        stream.resume()
        stream.leave()
    assert log == [(11, "closed")]


@virtual
async def test_requests_are_waited_for(app: App) -> None:
    async with ASGIConductor(app) as conductor, anyio.create_task_group() as group:
        results: list[str] = []

        async def work() -> None:
            results.append((await conductor.simulate_get("/work?7")).text)

        group.start_soon(work)
        await settle()
        await app.drain()
        assert anyio.current_time() == 7
    assert results == ["done"]


@virtual
async def test_requests_that_go_on_are_left_to_the_server(app: App) -> None:
    async with ASGIConductor(app) as conductor, anyio.create_task_group() as group:

        async def work() -> None:
            assert (await conductor.simulate_get("/work?26")).text == "done"

        group.start_soon(work)
        await settle()
        await app.drain()
        assert anyio.current_time() == 25
    assert anyio.current_time() == 26


async def test_health_checks_are_answered_while_the_application_drains() -> None:
    @asynccontextmanager
    async def lifespan(app: App) -> AsyncIterator[dict[str, object]]:
        yield {"app": app}

    app = App(lifespan=lifespan)
    app.add_route("/health", Health())
    async with ASGIConductor(app) as conductor:
        assert (await conductor.simulate_get("/health")).status_code == 200
        await app.drain()
        assert (await conductor.simulate_get("/health")).status_code == 503
