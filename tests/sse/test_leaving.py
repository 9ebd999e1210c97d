"""What happens to the generator of a stream when its client leaves."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING, Any

import anyio
import pytest
from anyio.lowlevel import checkpoint

import anyws
from anyws.sse import SSEvent
from anyws.testing import ASGIConductor, wait_all_tasks_blocked
from tests.sse.streaming import app_of, virtual_time

if TYPE_CHECKING:
    from anyws import Request, Response


class Witness:
    """A generator of events that notes how it ends, and in which task."""

    def __init__(self, *, then: Callable[[], Any] = checkpoint) -> None:
        self.log: list[str] = []
        self._then = then
        self._task: int | None = None

    async def waiting(self) -> AsyncIterator[SSEvent]:
        """One event, and then nothing."""
        self._task = anyio.get_current_task().id
        try:
            yield SSEvent("one")
            await anyio.sleep_forever()
        finally:
            await self._finish()

    async def flooding(self) -> AsyncIterator[SSEvent]:
        """More events than a client takes that does not read."""
        self._task = anyio.get_current_task().id
        try:
            while True:
                yield SSEvent("flood")
        finally:
            await self._finish()

    async def _finish(self) -> None:
        self.log.append("begun")
        await self._then()
        own = anyio.get_current_task().id == self._task
        self.log.append("ended in its own task" if own else "ended elsewhere")


class Client:
    """A client on the wire, which leaves when the test says so, and counts the turns."""

    def __init__(self, *, fails_after: float = float("inf")) -> None:
        self.left = anyio.Event()
        self.told_at: int | None = None
        self.turn = 0
        self._asked = False
        self._sends_left = fails_after

    async def receive(self) -> dict[str, Any]:
        if not self._asked:
            self._asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await self.left.wait()
        self.told_at = self.turn
        return {"type": "http.disconnect"}

    async def send(self, event: Any) -> None:
        await checkpoint()
        self._sends_left -= 1
        if self._sends_left < 0:
            raise BrokenPipeError

    async def run(self, app: anyws.App) -> None:
        scope = {"type": "http", "method": "GET", "path": "/", "headers": []}
        await app(scope, self.receive, self.send)

    async def count_turns(self) -> None:
        while True:
            await checkpoint()
            self.turn += 1


@pytest.mark.parametrize("kind", ["waiting", "flooding"])
async def test_better_the_generator_ends_in_its_own_task_when_the_client_leaves(kind: str) -> None:
    witness = Witness()
    async with ASGIConductor(app_of(getattr(witness, kind))) as conductor:
        async with conductor.simulate_get_stream("/") as result:
            assert await anext(result)
            await wait_all_tasks_blocked()
            assert witness.log == []
        assert witness.log == ["begun", "ended in its own task"]


async def test_better_the_generator_is_cancelled_in_the_turn_after_the_client_has_left() -> None:
    # A task that counts turns has its place in each of them, which on Trio is a matter of chance:
    # it counts 0 to 2 between two turns that follow each other.
    counted = [await count_turns_until_cancelled() for _ in range(50)]
    assert min(counted) <= 1
    assert max(counted) <= 2


async def count_turns_until_cancelled() -> int:
    client = Client()
    cancelled_at = []

    async def events() -> AsyncIterator[SSEvent]:
        try:
            await anyio.sleep_forever()
        finally:
            cancelled_at.append(client.turn)
        yield SSEvent("never")

    async with anyio.create_task_group() as group:
        async with anyio.create_task_group() as served:
            served.start_soon(client.run, app_of(events))
            group.start_soon(client.count_turns)
            while client.turn < 20:
                await checkpoint()
            client.left.set()
        group.cancel_scope.cancel()
    assert client.told_at is not None
    return cancelled_at[0] - client.told_at


@pytest.mark.parametrize("kind", ["waiting", "flooding"])
async def test_a_server_that_is_cancelled_gives_the_generator_its_time_as_well(kind: str) -> None:
    witness = Witness()
    client = Client()
    async with anyio.create_task_group() as group:
        group.start_soon(client.run, app_of(getattr(witness, kind)))
        for _ in range(20):
            await checkpoint()
        group.cancel_scope.cancel()
    assert witness.log == ["begun", "ended in its own task"]


@pytest.mark.parametrize("sends", [0, 1, 2, 3])
async def test_a_server_that_says_by_an_error_that_the_client_left_ends_the_generator(
    sends: int, caplog: pytest.LogCaptureFixture
) -> None:
    closed = []

    class Source:
        """Closed in every case, also where it was never asked for anything."""

        def __aiter__(self) -> AsyncIterator[SSEvent]:
            return self

        async def __anext__(self) -> SSEvent:
            return SSEvent("x")

        async def aclose(self) -> None:
            closed.append("closed")

    await Client(fails_after=sends).run(app_of(Source))
    assert closed == ["closed"]
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


@virtual_time
@pytest.mark.parametrize("kind", ["waiting", "flooding"])
async def test_a_generator_that_does_not_end_is_given_up_after_5_seconds(kind: str) -> None:
    witness = Witness(then=anyio.sleep_forever)
    async with ASGIConductor(app_of(getattr(witness, kind))) as conductor:
        start = anyio.current_time()
        async with conductor.simulate_get_stream("/"):
            pass
        assert anyio.current_time() - start == pytest.approx(5)
    assert witness.log == ["begun"]


@virtual_time
async def test_a_timeout_of_the_generators_own_is_not_taken_for_the_clients_leaving() -> None:
    async def events() -> AsyncIterator[SSEvent]:
        for _ in range(3):
            with anyio.move_on_after(1):
                await anyio.sleep_forever()
            await anyio.sleep(60)
            yield SSEvent("timeout")

    async with ASGIConductor(app_of(events)) as conductor:
        result = await conductor.simulate_get("/")
    assert result.content == b"data: timeout\n\n" * 3


async def test_a_generator_that_ignores_its_cancellation_is_closed() -> None:
    log = []

    async def events() -> AsyncIterator[SSEvent]:
        try:
            yield SSEvent("one")
            try:
                await anyio.sleep_forever()
            except anyio.get_cancelled_exc_class():
                log.append("ignored")
            yield SSEvent("nobody is there")
            log.append("went on")
        finally:
            log.append("closed")

    async with (
        ASGIConductor(app_of(events)) as conductor,
        conductor.simulate_get_stream("/") as result,
    ):
        assert await result.__anext__() == b"data: one\n\n"
        await wait_all_tasks_blocked()
    assert log == ["ignored", "closed"]


async def test_the_iterator_of_an_iterable_is_closed_before_the_iterable_itself() -> None:
    log = []

    class Topic:
        async def __aiter__(self) -> AsyncIterator[SSEvent]:
            try:
                yield SSEvent("one")
                await anyio.sleep_forever()
            finally:
                log.append("iterator")

        async def aclose(self) -> None:
            log.append("iterable")

    async with (
        ASGIConductor(app_of(Topic)) as conductor,
        conductor.simulate_get_stream("/") as result,
    ):
        assert await anext(result)
    assert log == ["iterator", "iterable"]


async def test_a_stream_of_bytes_is_given_its_time_as_well() -> None:
    witness = Witness()

    class Bytes:
        async def on_get(self, req: Request, resp: Response) -> None:
            resp.stream = self.parts()

        async def parts(self) -> AsyncIterator[bytes]:
            try:
                yield b"one"
                await anyio.sleep_forever()
            finally:
                await witness._finish()

    app = anyws.App()
    app.add_route("/", Bytes())
    async with ASGIConductor(app) as conductor, conductor.simulate_get_stream("/") as result:
        assert await anext(result) == b"one"
    assert len(witness.log) == 2
