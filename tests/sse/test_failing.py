"""A source that fails after the headers have gone out."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING, Any

import anyio
import pytest

import anyws
from anyws.sse import SSEvent
from anyws.testing import ASGIConductor, wait_all_tasks_blocked
from tests.sse.streaming import app_of

if TYPE_CHECKING:
    from anyws import Request, Response


async def failing() -> AsyncIterator[SSEvent]:
    yield SSEvent("one")
    raise ValueError("of the generator")


async def failing_at_once() -> AsyncIterator[SSEvent]:
    raise ValueError("of the generator")
    yield SSEvent("never")


async def failing_in_a_group() -> AsyncIterator[SSEvent]:
    async with anyio.create_task_group() as group:
        group.start_soon(wait_all_tasks_blocked)
        raise ValueError("of the generator")
    yield SSEvent("never")


async def failing_at_its_end() -> AsyncIterator[SSEvent]:
    try:
        yield SSEvent("one")
    finally:
        raise ValueError("of the generator")


async def giving_text() -> AsyncIterator[Any]:
    yield "one"


class FailingParts:
    """A resource whose body is a stream of bytes that fails."""

    async def on_get(self, req: Request, resp: Response) -> None:
        resp.stream = self.parts()

    async def parts(self) -> AsyncIterator[bytes]:
        yield b"one"
        raise OSError("of the generator")


@pytest.mark.parametrize(
    ("make_source", "message"),
    [
        (failing, "ValueError: of the generator"),
        (failing_at_once, "ValueError: of the generator"),
        (failing_in_a_group, "ValueError: of the generator"),
        (failing_at_its_end, "ValueError: of the generator"),
        (giving_text, "TypeError: resp.sse gives SSEvent objects, or None for a ping, not 'one'"),
    ],
)
async def test_an_error_of_the_generator_is_logged_and_cuts_the_response_off(
    make_source: Callable[[], AsyncIterator[SSEvent]],
    message: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with ASGIConductor(app_of(make_source)) as conductor:
        with pytest.raises(RuntimeError, match="returned before the response was complete"):
            await conductor.simulate_get("/")
    [record] = [record for record in caplog.records if record.levelname == "ERROR"]
    assert record.name == "anyws"
    assert record.getMessage() == "the response to GET / failed"
    assert message in caplog.text
    assert "ExceptionGroup" not in caplog.text


async def test_an_error_of_a_stream_of_bytes_is_logged_and_cuts_the_response_off(
    caplog: pytest.LogCaptureFixture,
) -> None:
    app = anyws.App()
    app.add_route("/", FailingParts())
    async with (
        ASGIConductor(app) as conductor,
        conductor.simulate_get_stream("/") as result,
    ):
        assert await anext(result) == b"one"
        with pytest.raises(RuntimeError, match="returned before the response was complete"):
            await anext(result)
    assert "OSError: of the generator" in caplog.text


async def test_what_was_sent_before_the_error_arrives() -> None:
    async with (
        ASGIConductor(app_of(failing)) as conductor,
        conductor.simulate_get_stream("/") as result,
    ):
        events = result.events()
        assert (await anext(events)).data == "one"
        with pytest.raises(RuntimeError, match="returned before the response was complete"):
            await anext(events)


async def test_an_error_while_the_generator_ends_for_a_client_that_left_is_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def events() -> AsyncIterator[SSEvent]:
        try:
            yield SSEvent("one")
            await anyio.sleep_forever()
        finally:
            raise ValueError("of the finally")

    async with (
        ASGIConductor(app_of(events)) as conductor,
        conductor.simulate_get_stream("/") as result,
    ):
        assert await anext(result)
    assert "of the finally" in caplog.text


async def test_an_error_of_closing_a_source_that_was_not_sent_is_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    closed = []

    class Source:
        async def read(self, size: int, /) -> bytes:
            raise AssertionError("HEAD has no body")

        async def aclose(self) -> None:
            raise ValueError("of closing")

    class Both:
        async def on_get(self, req: Request, resp: Response) -> None:
            resp.stream = Source()
            resp.sse = Events()

    class Events:
        def __aiter__(self) -> AsyncIterator[SSEvent]:
            raise AssertionError("HEAD has no body")

        def close(self) -> None:
            closed.append("sse")

    app = anyws.App()
    app.add_route("/", Both())
    async with ASGIConductor(app) as conductor:
        assert (await conductor.simulate_head("/")).status_code == 200
    assert "of closing" in caplog.text
    assert closed == ["sse"]


async def test_better_an_error_of_the_responder_closes_the_generator_and_is_answered() -> None:
    closed = []

    class Events:
        def __aiter__(self) -> AsyncIterator[SSEvent]:
            raise AssertionError("an error is answered instead")

        async def aclose(self) -> None:
            closed.append("closed")

    class Thing:
        async def on_get(self, req: Request, resp: Response) -> None:
            resp.sse = Events()
            raise anyws.HTTPForbidden

    app = anyws.App()
    app.add_route("/", Thing())
    async with ASGIConductor(app) as conductor:
        result = await conductor.simulate_get("/")
    assert (result.status_code, result.json) == (403, {"title": "403 Forbidden"})
    assert closed == ["closed"]
