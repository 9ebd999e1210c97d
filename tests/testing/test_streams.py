"""Responses that are read while they come."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import anyio
import pytest

from anyws.testing import ASGIConductor, IllegalEvent, ReceivedEvent, wait_all_tasks_blocked
from tests.testing.apps import app_of

if TYPE_CHECKING:
    from anyws._asgi.types import Event, Receive, Scope, Send

Talk = Callable[["Scope", "Receive", "Send"], Awaitable[None]]

START: Event = {"type": "http.response.start", "status": 200, "headers": [(b"x-a", b"b")]}

virtual_time = pytest.mark.anyws_clock("virtual")


def part(body: bytes, *, more: bool = True) -> Event:
    return {"type": "http.response.body", "body": body, "more_body": more}


def answering(*steps: Event | Exception) -> Talk:
    """What sends these events, or raises."""

    async def talk(scope: Scope, receive: Receive, send: Send) -> None:
        for step in steps:
            if isinstance(step, Exception):
                raise step
            await send(step)

    return talk


async def until_left(scope: Scope, receive: Receive, send: Send) -> None:
    await send(START)
    while (await receive())["type"] != "http.disconnect":
        pass


async def test_a_response_can_be_read_while_it_comes() -> None:
    release = anyio.Event()

    async def talk(scope: Scope, receive: Receive, send: Send) -> None:
        await send({**START, "headers": [(b"x-a", b"b"), (b"set-cookie", b"c=d")]})
        await send(part(b""))
        await send(part(b"one"))
        await release.wait()
        await send(part(b"two"))
        await send(part(b"three", more=False))

    async with (
        ASGIConductor(app_of(talk)) as conductor,
        conductor.simulate_get_stream("/") as result,
    ):
        assert (result.status_code, result.status) == (200, "200 OK")
        assert result.headers["X-A"] == "b"
        assert result.cookies["c"].value == "d"
        assert await anext(result) == b"one"
        release.set()
        assert [part async for part in result] == [b"two", b"three"]
        assert await result.read() == b""


async def test_what_is_left_of_a_response_can_be_read_at_once() -> None:
    talk = answering(START, part(b"one"), part(b"two"), part(b"", more=False))
    async with (
        ASGIConductor(app_of(talk)) as conductor,
        conductor.simulate_get_stream("/") as result,
    ):
        assert await anext(result) == b"one"
        assert await result.read() == b"two"


async def test_a_cancelled_read_loses_nothing() -> None:
    release = anyio.Event()

    async def talk(scope: Scope, receive: Receive, send: Send) -> None:
        await send(START)
        await release.wait()
        await send(part(b"one", more=False))

    async with (
        ASGIConductor(app_of(talk)) as conductor,
        conductor.simulate_get_stream("/") as result,
    ):
        async with anyio.create_task_group() as group:
            group.start_soon(result.read)
            await wait_all_tasks_blocked()
            group.cancel_scope.cancel()
        release.set()
        assert await anext(result) == b"one"


async def test_any_method_and_body_can_be_sent() -> None:
    async def talk(scope: Scope, receive: Receive, send: Send) -> None:
        assert scope["method"] == "PUT"
        await send(START)
        await send(part((await receive())["body"], more=False))

    async with (
        ASGIConductor(app_of(talk)) as conductor,
        conductor.simulate_stream("PUT", "/", body="echo") as result,
    ):
        assert await result.read() == b"echo"


async def test_leaving_is_told_to_the_application_which_is_waited_for() -> None:
    ended = []

    async def talk(scope: Scope, receive: Receive, send: Send) -> None:
        await until_left(scope, receive, send)
        await wait_all_tasks_blocked()
        ended.append("ended")

    async with ASGIConductor(app_of(talk)) as conductor:
        async with conductor.simulate_get_stream("/"):
            pass
        assert ended == ["ended"]


async def test_what_came_before_the_client_left_can_still_be_read() -> None:
    talk = answering(START, part(b"one"), part(b"two", more=False))
    async with (
        ASGIConductor(app_of(talk)) as conductor,
        conductor.simulate_get_stream("/") as result,
    ):
        await wait_all_tasks_blocked()
        result.leave()
        assert await result.read() == b"onetwo"


@pytest.mark.parametrize(("version", "raised"), [("2.3", False), ("2.4", True)])
async def test_a_send_to_a_client_that_left_raises_where_the_specification_says_so(
    *, version: str, raised: bool
) -> None:
    errors: list[OSError] = []

    async def talk(scope: Scope, receive: Receive, send: Send) -> None:
        await until_left(scope, receive, send)
        try:
            await send(part(b"lost"))
        except OSError as error:
            errors.append(error)

    async with (
        ASGIConductor(app_of(talk)) as conductor,
        conductor.simulate_get_stream("/", spec_version=version) as result,
    ):
        await wait_all_tasks_blocked()
        result.leave()
        await wait_all_tasks_blocked()
        assert bool(errors) is raised
        assert await result.read() == b""


async def test_a_client_that_does_not_read_holds_the_application_back() -> None:
    sent = 0

    async def talk(scope: Scope, receive: Receive, send: Send) -> None:
        nonlocal sent
        await send(START)
        while True:
            await send(part(b"x"))
            sent += 1

    app = app_of(talk)
    with pytest.raises(KeyError, match="of the test"):
        async with ASGIConductor(app) as conductor, conductor.simulate_get_stream("/") as result:
            await wait_all_tasks_blocked()
            assert sent == 16
            assert await anext(result) == b"x"
            await wait_all_tasks_blocked()
            assert sent == 17
            # Leaving would wait for an application that never returns.
            raise KeyError("of the test")


async def test_a_response_that_is_cut_off_is_a_runtime_error_where_its_end_is_read() -> None:
    async with (
        ASGIConductor(app_of(answering(START, part(b"one")))) as conductor,
        conductor.simulate_get_stream("/") as result,
    ):
        assert await anext(result) == b"one"
        with pytest.raises(RuntimeError, match="returned before the response was complete"):
            await anext(result)


async def test_what_the_application_raises_comes_out_when_the_client_leaves() -> None:
    error = ValueError("of the application")
    conductor = ASGIConductor(app_of(answering(START, error)))
    with pytest.raises(ValueError, match="of the application") as raised:
        async with conductor, conductor.simulate_get_stream("/") as result:
            with pytest.raises(RuntimeError, match="before the response was complete") as cut_off:
                await result.read()
            assert cut_off.value.__cause__ is error
    assert raised.value is error


@pytest.mark.parametrize(
    ("talk", "error"),
    [
        (answering(ValueError("of the application")), ValueError("of the application")),
        (answering(), RuntimeError("returned before the response had begun")),
        (answering(part(b"")), IllegalEvent("before the response had begun")),
    ],
)
async def test_without_a_response_entering_raises(talk: Talk, error: Exception) -> None:
    async with ASGIConductor(app_of(talk)) as conductor:
        with pytest.raises(type(error), match=str(error)):
            async with conductor.simulate_get_stream("/"):
                pytest.fail("there is no response")


@pytest.mark.parametrize("error", [None, KeyError("of the test")])
async def test_an_illegal_event_comes_out_even_if_the_application_has_swallowed_it(
    error: Exception | None,
) -> None:
    async def talk(scope: Scope, receive: Receive, send: Send) -> None:
        await send(START)
        try:
            await send(START)
        except IllegalEvent:
            await wait_all_tasks_blocked()

    conductor = ASGIConductor(app_of(talk))
    with pytest.raises(IllegalEvent, match="before the response was complete"):
        async with conductor, conductor.simulate_get_stream("/"):
            await wait_all_tasks_blocked()
            if error is not None:
                raise error


@virtual_time
async def test_an_application_that_does_not_answer_or_does_not_end_is_not_waited_for_for_ever() -> (
    None
):
    async def silent(scope: Scope, receive: Receive, send: Send) -> None:
        await anyio.sleep_forever()

    async def deaf(scope: Scope, receive: Receive, send: Send) -> None:
        await send(START)
        await anyio.sleep_forever()

    async with ASGIConductor(app_of(silent)) as conductor:
        with pytest.raises(TimeoutError, match=r"within 5 seconds(.|\n)*in silent"):
            await conductor.simulate_get_stream("/").__aenter__()
    async with ASGIConductor(app_of(deaf)) as conductor:
        with pytest.raises(TimeoutError, match=r"for 30 seconds after(.|\n)*in deaf"):
            async with conductor.simulate_get_stream("/"):
                pass


async def test_events_are_read_out_of_whatever_parts_they_come_in() -> None:
    talk = answering(
        START,
        part(b": hello\n\nretry: 100\nid: 7\nda"),
        part(b"ta: one\n\ndata: two\n\n"),
        part(b"event: last\ndata: {}\n\ndata: cut off", more=False),
    )
    async with (
        ASGIConductor(app_of(talk)) as conductor,
        conductor.simulate_get_stream("/") as result,
    ):
        events = result.events()
        assert await anext(events) == ReceivedEvent("message", "one", "7")
        assert (events.comments, events.retry) == (["hello"], 100)
        assert [event async for event in events] == [
            ReceivedEvent("message", "two", "7"),
            ReceivedEvent("last", "{}", "7"),
        ]
