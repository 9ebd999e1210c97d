"""The exit from a simulated WebSocket, and whose exception comes out of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio
import pytest

from anyws.errors.websocket import WebSocketDisconnected
from anyws.testing import ASGIConductor, wait_all_tasks_blocked
from tests.testing import apps

if TYPE_CHECKING:
    from anyws._asgi.types import Event, Receive, Scope, Send


class Listener:
    """An application that keeps what it reads after it has accepted."""

    def __init__(self) -> None:
        self.heard: list[Event] = []
        self.outcome = ""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            return
        await apps.accept(receive, send)
        self.outcome = "cancelled"
        while not self.heard or self.heard[-1]["type"] != "websocket.disconnect":
            self.heard.append(await receive())
        await anyio.lowlevel.checkpoint()
        self.outcome = "returned"


async def test_leaving_closes_with_1000_and_waits_for_the_application() -> None:
    app = Listener()
    async with ASGIConductor(app) as conductor:
        async with conductor.simulate_ws() as ws:
            pass
        assert app.outcome == "returned"
    assert app.heard == [{"type": "websocket.disconnect", "code": 1000}]
    assert ws.close_code == 1000


async def test_leaving_after_a_close_leaves_the_code_as_it_is() -> None:
    app = Listener()
    async with ASGIConductor(app) as conductor, conductor.simulate_ws() as ws:
        await ws.close(4001, "bye")
        await ws.close(4002, "again")
    assert app.heard == [{"type": "websocket.disconnect", "code": 4001, "reason": "bye"}]
    assert (ws.close_code, ws.close_reason) == (4001, "bye")


async def test_an_exception_of_the_application_comes_out_bare() -> None:
    boom = ValueError("boom")

    async def crash(scope: Scope, receive: Receive, send: Send) -> None:
        async with anyio.create_task_group() as group:
            await apps.until_left(scope, receive, send)
            group.start_soon(fail)

    async def fail() -> None:
        raise boom

    async with ASGIConductor(apps.accepting(crash)) as conductor:
        with pytest.raises(ValueError, match="boom") as caught:
            async with conductor.simulate_ws():
                pass
    assert caught.value is boom


async def test_a_crash_of_the_application_ends_its_own_connection_alone() -> None:
    async def crash_on_demand(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] == "/crash":
            raise ValueError("boom")
        await apps.echo_messages(scope, receive, send)

    async with (
        ASGIConductor(apps.accepting(crash_on_demand)) as conductor,
        conductor.simulate_ws() as other,
    ):
        with pytest.raises(ValueError, match="boom"):
            async with conductor.simulate_ws("/crash") as ws:
                with pytest.raises(WebSocketDisconnected) as caught:
                    await ws.receive_text()
                assert caught.value.code == 1011
                assert isinstance(caught.value.__cause__, ValueError)
        await other.send_text("still here")
        assert await other.receive_text() == "still here"


async def test_a_return_without_a_close_is_seen_as_1011() -> None:
    async def leave(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "websocket.send", "text": "last"})

    async with ASGIConductor(apps.accepting(leave)) as conductor, conductor.simulate_ws() as ws:
        assert await ws.receive_text() == "last"
        with pytest.raises(WebSocketDisconnected):
            await ws.receive_text()
        assert ws.close_code == 1011


@pytest.mark.anyws_clock("virtual")
async def test_an_application_that_does_not_end_is_cancelled_and_named() -> None:
    cancelled = anyio.Event()

    async def stay(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await apps.for_ever(scope, receive, send)
        finally:
            cancelled.set()

    async with ASGIConductor(apps.accepting(stay)) as conductor:
        with pytest.raises(TimeoutError) as caught:
            async with conductor.simulate_ws(timeout=10):
                pass
        await cancelled.wait()
    message = str(caught.value)
    assert "went on for 10 seconds" in message
    assert "last sent websocket.accept" in message
    assert "in for_ever" in message


async def test_a_body_that_raises_cancels_the_application_without_waiting_for_it() -> None:
    boom = ValueError("boom")
    cancelled = anyio.Event()
    may_end = anyio.Event()

    async def linger(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await anyio.sleep_forever()
        finally:
            cancelled.set()
            with anyio.CancelScope(shield=True):
                await may_end.wait()

    async with ASGIConductor(apps.accepting(linger)) as conductor:
        with pytest.raises(ValueError, match="boom") as caught:
            async with conductor.simulate_ws():
                raise boom
        await cancelled.wait()
        may_end.set()
    assert caught.value is boom


async def test_a_body_that_raises_has_dropped_the_client() -> None:
    async with ASGIConductor(apps.echo) as conductor:
        with pytest.raises(ValueError, match="boom"):
            async with conductor.simulate_ws() as ws:
                raise ValueError("boom")
    assert ws.close_code == 1006


async def test_the_exception_of_the_body_wins_over_that_of_the_application() -> None:
    async def crash(scope: Scope, receive: Receive, send: Send) -> None:
        raise KeyError("crash")

    async with ASGIConductor(apps.accepting(crash)) as conductor:
        with pytest.raises(WebSocketDisconnected) as caught:
            async with conductor.simulate_ws() as ws:
                await ws.receive_text()
    assert isinstance(caught.value.__cause__, KeyError)


async def test_a_cancelled_exit_cancels_the_application() -> None:
    app = apps.accepting(apps.for_ever)
    async with ASGIConductor(app) as conductor:
        ws = await conductor.simulate_ws().__aenter__()
        with anyio.CancelScope() as scope:
            async with anyio.create_task_group() as group:
                group.start_soon(ws.__aexit__, None, None, None)
                await wait_all_tasks_blocked()
                scope.cancel()


async def test_a_connection_may_be_entered_used_and_left_by_different_tasks() -> None:
    app = Listener()
    async with ASGIConductor(app) as conductor:
        ws = conductor.simulate_ws()
        for step in (ws.__aenter__(), ws.send_text("hi"), ws.__aexit__(None, None, None)):

            async def take(step: object = step) -> None:
                await step  # type: ignore[misc]  # each is a coroutine of another type

            async with anyio.create_task_group() as group:
                group.start_soon(take)
    assert [event["type"] for event in app.heard] == ["websocket.receive", "websocket.disconnect"]
    assert app.outcome == "returned"
