"""More than one drain, drains that are cancelled, and arguments that can't work."""

from __future__ import annotations

from functools import partial
from typing import Any

import anyio
import pytest

from anyws import App, Request, WebSocket
from anyws.testing import ASGIConductor
from tests.app.drained import Log, app_noting, clients, listen
from tests.websocket.scripted import ScriptedServer, app_with, settle

virtual = pytest.mark.anyws_clock("virtual")


async def insist(req: Request, ws: WebSocket) -> None:
    """Accept, and stay in a critical section for ever."""
    await ws.accept()
    async with ws.finish_first():
        await anyio.sleep_forever()


@pytest.mark.parametrize(("first", "second"), [(40, 10), (12, 100)])
@virtual
async def test_of_two_drains_the_earlier_deadline_counts_and_both_wait_for_the_end(
    first: float, second: float
) -> None:
    log = Log()
    app = app_noting(log, insist)

    async def drain(deadline: float) -> None:
        await app.drain(deadline=deadline, code=4000 + int(deadline))
        log.note("returned")

    async with clients(app), anyio.create_task_group() as group:
        group.start_soon(drain, first)
        await anyio.sleep(2)
        group.start_soon(drain, second)
    end = min(first, second + 2)
    cutoff = end - min(5, min(first, second) / 5)
    assert log == [
        (cutoff, 4000 + first),
        (cutoff, "returned"),
        (cutoff, "returned"),
    ]


@virtual
async def test_both_return_at_the_earlier_deadline_whatever_is_left() -> None:
    log = Log()

    async def shield(req: Request, ws: WebSocket) -> None:
        await ws.accept()
        with anyio.CancelScope(shield=True):
            await anyio.sleep(20)

    async def drain(deadline: float) -> None:
        await app.drain(deadline=deadline)
        log.note(deadline)

    app = app_with(shield)
    async with clients(app), anyio.create_task_group() as group:
        group.start_soon(drain, 40)
        await anyio.sleep(2)
        group.start_soon(drain, 10)
    assert sorted(log) == [(12, 10), (12, 40)]


@virtual
async def test_an_earlier_deadline_wakes_the_drain_that_sleeps() -> None:
    app = app_with(insist)
    async with clients(app), anyio.create_task_group() as group:
        group.start_soon(partial(app.drain, deadline=1000, spread=900))
        await settle()
        await app.drain(deadline=5)
        assert anyio.current_time() == 4


@virtual
async def test_after_a_drain_another_finds_nothing_and_returns() -> None:
    app = app_with(listen)
    async with clients(app):
        await app.drain()
        await app.drain(spread=20)
        assert anyio.current_time() == 0
        assert app.draining


@virtual
async def test_after_a_drain_another_sees_to_what_the_first_has_left() -> None:
    async def shield(req: Request, ws: WebSocket) -> None:
        await ws.accept()
        with anyio.CancelScope(shield=True):
            await anyio.sleep(13)

    app = app_with(shield)
    async with clients(app):
        await app.drain(deadline=10)
        await app.drain(deadline=10)
        assert anyio.current_time() == 13


@pytest.mark.parametrize("first", [True, False])
@virtual
async def test_if_one_of_two_drains_refuses_handshakes_they_are_refused(first: bool) -> None:
    app = app_with(insist)
    async with clients(app), anyio.create_task_group() as group:
        group.start_soon(partial(app.drain, refuse=first))
        await settle()
        group.start_soon(partial(app.drain, refuse=not first))
        await settle()
        async with ScriptedServer(app) as server:
            pass
        assert server.kinds() == ["close"]


@virtual
async def test_cancelled_it_leaves_the_rest_open_and_the_application_draining() -> None:
    app = app_with(listen)
    async with clients(app, 20) as (_, sockets):
        with anyio.move_on_after(10):
            await app.drain(spread=20)
        await anyio.sleep(30)
        left = [ws for ws in sockets if ws.close_code is None]
        assert 9 <= len(left) <= 11
        assert app.draining
        await left[0].send_text("still here")
        await app.drain()
        assert {ws.close_code for ws in sockets} == {1012}


@virtual
async def test_cancelling_one_of_two_drains_does_not_hold_up_the_other() -> None:
    app = app_with(listen)
    async with clients(app, 20) as (_, sockets), anyio.create_task_group() as group:
        first = anyio.CancelScope()

        async def drain_cancelled() -> None:
            with first:
                await app.drain(spread=20)

        group.start_soon(drain_cancelled)
        await anyio.sleep(5)
        group.start_soon(app.drain)
        await anyio.sleep(1)
        first.cancel()
        await anyio.sleep(14)
        assert {ws.close_code for ws in sockets} == {1012}


@virtual
async def test_a_drain_that_the_application_starts_from_a_responder_ends() -> None:
    async def on_command(req: Request, ws: WebSocket) -> None:
        await ws.accept()
        if await ws.receive_text() == "drain":
            app.task_group.start_soon(partial(app.drain, spread=10))
        await ws.receive_text()

    app = app_with(on_command)
    async with clients(app, 2) as (_, [admin, other]):
        await admin.send_text("drain")
        await anyio.sleep(10)
        assert (admin.close_code, other.close_code) == (1012, 1012)


@virtual
async def test_awaited_in_a_responder_it_waits_for_that_responder_until_it_is_cancelled() -> None:
    log = Log()

    async def drain(req: Request, ws: WebSocket) -> None:
        await ws.accept()
        await app.drain(deadline=10)

    app = app_noting(log, drain)
    async with clients(app) as (_, [ws]):
        await settle()
        assert ws.close_code == 1012
    assert log == [(8, 1012)]


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"deadline": 0}, ValueError, "deadline is 0"),
        ({"deadline": -1}, ValueError, "deadline is -1"),
        ({"deadline": float("inf")}, ValueError, "deadline is inf"),
        ({"deadline": float("nan")}, ValueError, "deadline is nan"),
        ({"deadline": True}, ValueError, "deadline is True"),
        ({"deadline": "25"}, ValueError, "deadline is '25'"),
        ({"deadline": None}, ValueError, "deadline is None"),
        ({"spread": -1}, ValueError, "spread is -1"),
        ({"spread": float("nan")}, ValueError, "spread is nan"),
        ({"spread": 25}, ValueError, "make spread shorter"),
        ({"spread": 10, "deadline": 5}, ValueError, "the deadline 5"),
        ({"spread": None}, ValueError, "spread is None"),
        ({"code": 1006}, ValueError, "Invalid close code 1006"),
        ({"code": None}, ValueError, "Invalid close code None"),
        ({"reason": "x" * 124}, ValueError, "124 bytes"),
        ({"reason": 7}, TypeError, "a close reason is a str"),
        ({"refuse": "no"}, TypeError, "refuse is 'no'"),
    ],
)
async def test_what_can_never_work_is_refused_before_anything_happens(
    arguments: dict[str, Any], error: type[Exception], words: str
) -> None:
    app = app_with(listen)
    async with clients(app) as (_, [ws]):
        with pytest.raises(error, match=words):
            await app.drain(**arguments)
        assert not app.draining
        assert ws.ready


async def test_an_application_can_be_drained_in_one_event_loop_after_the_other() -> None:
    app = App()
    async with ASGIConductor(app):
        await app.drain()

    def again() -> None:
        for backend in ("asyncio", "trio"):
            anyio.run(app.drain, backend=backend)

    await anyio.to_thread.run_sync(again)
