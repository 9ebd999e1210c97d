"""`App.drain()`: what it does to open sockets and to the tasks behind them."""

from __future__ import annotations

import dataclasses

import anyio
import pytest

from anyws import App, Request, WebSocket, WebSocketDisconnected
from anyws.testing import ASGIConductor
from anyws.testing.profiles import STRICT
from tests.app.drained import AnsweringServer, Log, app_noting, clients, listen
from tests.websocket.held import Suspended
from tests.websocket.scripted import app_with, settle

virtual = pytest.mark.anyws_clock("virtual")


async def test_open_sockets_are_closed_with_the_code_and_the_reason() -> None:
    app = app_with(listen)
    async with clients(app, 3) as (_, sockets):
        await app.drain(code=4012, reason="we move")
        assert [(ws.close_code, ws.close_reason) for ws in sockets] == [(4012, "we move")] * 3


async def test_the_code_is_that_of_a_restart_unless_another_is_given() -> None:
    app = app_with(listen)
    async with clients(app) as (_, [ws]):
        await app.drain()
        assert ws.close_code == 1012


async def test_the_application_says_that_it_is_draining_from_the_first_moment_on() -> None:
    app = app_with(listen)
    seen: list[bool] = []

    async def look() -> None:
        seen.append(app.draining)
        await app.drain()

    async with clients(app):
        await look()
    assert seen == [False]
    assert app.draining


@virtual
async def test_with_nothing_open_a_drain_is_over_at_once() -> None:
    app = App()
    async with ASGIConductor(app):
        await app.drain(spread=20)
        assert app.draining
        assert anyio.current_time() == 0


async def test_a_drain_needs_no_lifespan() -> None:
    app = app_with(listen)
    async with AnsweringServer(app) as server:
        await app.drain()
        assert server.close_event["code"] == 1012


@virtual
async def test_five_hundred_sockets_are_closed_evenly_over_the_spread() -> None:
    closed: list[tuple[float, str]] = []

    async def note_end(req: Request, ws: WebSocket) -> None:
        await ws.accept()
        await ws.wait_disconnected()
        closed.append((anyio.current_time(), req.query_string))

    app = app_with(note_end)
    async with ASGIConductor(app) as conductor:
        sockets = [conductor.simulate_ws("/", query_string=f"n={n}") for n in range(500)]
        for ws in sockets:
            await ws.__aenter__()
        await app.drain(spread=20)
        assert 19.9 < anyio.current_time() < 20
        for ws in sockets:
            await ws.__aexit__(None, None, None)
    for place, (time, _) in enumerate(closed):
        assert place * 0.04 <= time < (place + 1) * 0.04 + 1e-6
    order = [query for _, query in closed]
    assert len(set(order)) == 500
    assert order != sorted(order, key=lambda query: int(query.removeprefix("n=")))
    assert len({round(time % 0.04, 6) for time, _ in closed}) > 400, "without jitter"


@virtual
async def test_a_client_that_does_not_read_holds_nobody_up() -> None:
    log = Log()
    app = app_noting(log, listen)
    async with clients(app, 3) as (_, [stalled, *others]):
        stalled.stall()
        async with anyio.create_task_group() as group:
            group.start_soon(app.drain)
            await settle()
            assert [ws.close_code for ws in others] == [1012, 1012]
            assert anyio.current_time() == 0
        assert anyio.current_time() == app.ws_options.close_timeout
        stalled.resume()


async def test_a_close_goes_out_after_the_sends_that_were_called_before_it() -> None:
    async def send_three(req: Request, ws: WebSocket) -> None:
        await ws.accept()
        for n in range(3):
            ws.task_group.start_soon(ws.send_text, str(n))
        await ws.wait_disconnected()

    app = app_with(send_three)
    async with AnsweringServer(app, connect=False) as server:
        held = Suspended(server, "send")
        server.on_send = held
        server.push("websocket.connect")
        await held.entered.wait()
        async with anyio.create_task_group() as group:
            group.start_soon(app.drain)
            await settle()
            server.on_send = None
            held.let_go.set()
    assert sorted(server.texts()) == ["0", "1", "2"]
    assert server.kinds()[-1] == "close"


@virtual
async def test_responders_that_are_busy_elsewhere_get_until_shortly_before_the_deadline() -> None:
    log = Log()

    async def work(req: Request, ws: WebSocket) -> None:
        await ws.accept()
        try:
            await anyio.sleep(float(req.query_string))
        finally:
            log.note("over")
        log.note("done")

    app = app_noting(log, work)
    async with (
        ASGIConductor(app) as conductor,
        conductor.simulate_ws("/?18") as fast,
        conductor.simulate_ws("/?100") as slow,
    ):
        async with anyio.create_task_group() as group:
            group.start_soon(app.drain)
            await settle()
            assert (fast.close_code, slow.close_code) == (1012, 1012)
        assert anyio.current_time() == 20
    assert log == [(18, "over"), (18, "done"), (20, "over"), (20, 1012)]


@pytest.mark.parametrize(("deadline", "cutoff"), [(25, 20), (10, 8), (100, 95)])
@virtual
async def test_what_is_left_is_cancelled_in_time_for_its_goodbye(
    deadline: float, cutoff: float
) -> None:
    log = Log()

    async def work(req: Request, ws: WebSocket) -> None:
        await ws.accept()
        async with ws.finish_first():
            await anyio.sleep_forever()

    app = app_noting(log, work)
    async with clients(app) as (_, [ws]):
        await app.drain(deadline=deadline, code=4000, reason="enough")
        assert (ws.close_code, ws.close_reason) == (4000, "enough")
    assert log == [(cutoff, 4000)]


@virtual
async def test_code_that_shields_itself_does_not_hold_the_drain_beyond_its_deadline() -> None:
    async def shield(req: Request, ws: WebSocket) -> None:
        await ws.accept()
        with anyio.CancelScope(shield=True):
            await anyio.sleep(40)

    app = app_with(shield)
    async with clients(app) as (_, [ws]):
        async with anyio.create_task_group() as group:
            group.start_soon(app.drain)
            await anyio.sleep(1)
            assert ws.close_code == 1012
        assert anyio.current_time() == 25


@pytest.mark.parametrize("sends_suspend", [False, True])
@pytest.mark.parametrize("floods", [False, True])
@virtual
async def test_a_client_that_reads_nothing_is_given_up_at_the_deadline(
    sends_suspend: bool, floods: bool
) -> None:
    async def work(req: Request, ws: WebSocket) -> None:
        await ws.accept()
        await anyio.sleep(1)
        async with ws.finish_first():
            while floods:
                await ws.send_text("x")
        await ws.receive_text()

    app = app_with(work)
    app.ws_options.close_timeout = 50
    server = dataclasses.replace(STRICT, name="mine", sends_suspend=sends_suspend)
    async with ASGIConductor(app, server=server) as conductor:
        ws = conductor.simulate_ws("/")
        await ws.__aenter__()
        ws.stall()
        await anyio.sleep(2)
        await app.drain(deadline=10)
        assert anyio.current_time() <= 12
        await settle()
        assert not app._registry.draining.connections
        ws.resume()
        await ws.__aexit__(None, None, None)


@virtual
async def test_error_handlers_that_wait_are_cancelled_too() -> None:
    log = Log()

    async def wait(*_: object) -> None:
        try:
            await anyio.sleep_forever()
        finally:
            log.note("cancelled")

    async def handle(req: Request, resp: object, ex: Exception, params: dict[str, object]) -> None:
        await wait()

    app = app_with(listen)
    app.add_error_handler(WebSocketDisconnected, handle)
    async with clients(app):
        await app.drain(deadline=10)
        assert anyio.current_time() == 8
    assert log == [(8, "cancelled")]


@virtual
async def test_tasks_of_the_connection_end_with_the_responder() -> None:
    log = Log()

    async def beside() -> None:
        try:
            await anyio.sleep_forever()
        finally:
            log.note("task")

    async def work(req: Request, ws: WebSocket) -> None:
        await ws.accept()
        ws.task_group.start_soon(beside)
        await anyio.sleep_forever()

    app = app_with(work)
    async with clients(app):
        await app.drain(deadline=10)
    assert log == [(8, "task")]


@virtual
async def test_a_drain_ends_when_the_last_client_leaves_by_itself() -> None:
    async def work(req: Request, ws: WebSocket) -> None:
        await ws.accept()
        async with ws.finish_first():
            await ws.wait_disconnected()

    app = app_with(work)
    async with ASGIConductor(app) as conductor, anyio.create_task_group() as group:
        async with conductor.simulate_ws("/"):
            group.start_soon(app.drain)
            await anyio.sleep(3)
        await settle()
        assert not app._registry.draining.is_needed
        assert anyio.current_time() == 3
