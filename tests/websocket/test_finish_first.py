"""`ws.finish_first()`: critical sections that a drain waits for."""

from __future__ import annotations

import anyio
import pytest

from anyws import App, Request, WebSocket, WebSocketDisconnected
from anyws.websocket.finishing import FinishFirst
from tests.app.drained import AnsweringServer, Log, app_noting, clients
from tests.websocket.held import HeldSocket
from tests.websocket.scripted import app_with, settle

virtual = pytest.mark.anyws_clock("virtual")


@virtual
async def test_a_section_is_finished_and_the_socket_closed_the_moment_it_ends() -> None:
    log = Log()

    async def work(req: Request, ws: WebSocket) -> None:
        await ws.accept()
        async with ws.finish_first():
            await anyio.sleep(7)
            await ws.send_text("done")
        log.note("finished")
        await anyio.sleep(1)
        await ws.send_text("more")

    app = app_noting(log, work)
    async with clients(app) as (_, [ws]):
        await app.drain()
        assert await ws.receive_text() == "done"
        assert ws.close_code == 1012
    assert log == [(7, "finished"), (8, 1012)]


@virtual
async def test_a_section_that_is_over_when_its_turn_comes_is_not_waited_for() -> None:
    async def work(req: Request, ws: WebSocket) -> None:
        await ws.accept()
        async with ws.finish_first():
            pass
        await ws.receive_text()

    app = app_with(work)
    async with clients(app):
        await app.drain()
        assert anyio.current_time() == 0


@virtual
async def test_going_from_one_section_to_the_next_does_not_put_the_close_off() -> None:
    log = Log()

    async def work(req: Request, ws: WebSocket) -> None:
        await ws.accept()
        while True:
            async with ws.finish_first():
                await anyio.sleep(3)
                log.note("section")

    app = app_noting(log, work)
    async with clients(app) as (_, [ws]):
        await anyio.sleep(4)
        await app.drain(code=4000)
        assert anyio.current_time() == 6
        assert ws.close_code == 4000
    assert log == [(3, "section"), (6, "section"), (6, 4000)]


async def test_sections_without_a_wait_do_not_keep_the_drain_from_its_turn() -> None:
    async def work(req: Request, ws: WebSocket) -> None:
        await ws.accept()
        while True:
            async with ws.finish_first():
                pass

    app = app_with(work)
    async with AnsweringServer(app, connect=False) as server:
        server.push("websocket.connect")
        await anyio.lowlevel.checkpoint()
        with anyio.fail_after(5):
            await app.drain()
        assert server.close_event["code"] == 1012


@virtual
async def test_sections_of_two_tasks_that_overlap_do_not_put_the_close_off() -> None:
    log = Log()

    async def take_turns(ws: WebSocket, pause: float) -> None:
        await anyio.sleep(pause)
        while True:
            async with ws.finish_first():
                await anyio.sleep(4)
                log.note("section")

    async def work(req: Request, ws: WebSocket) -> None:
        await ws.accept()
        ws.task_group.start_soon(take_turns, ws, 2)
        await take_turns(ws, 0)

    app = app_noting(log, work)
    async with clients(app):
        await anyio.sleep(1)
        await app.drain()
        assert anyio.current_time() == 4
    assert log == [(4, "section"), (4, 1012)]


@virtual
async def test_all_of_the_sections_that_are_open_are_waited_for() -> None:
    log = Log()

    async def finish(ws: WebSocket, seconds: float) -> None:
        async with ws.finish_first():
            await anyio.sleep(seconds)
            log.note(seconds)

    async def work(req: Request, ws: WebSocket) -> None:
        await ws.accept()
        for seconds in (2, 6, 4):
            ws.task_group.start_soon(finish, ws, seconds)
        await ws.wait_disconnected()
        log.note("closed")

    app = app_noting(log, work)
    async with clients(app):
        await settle()
        await app.drain()
    assert log == [(2, 2), (4, 4), (6, 6), (6, "closed")]


@virtual
async def test_a_section_in_a_section_is_let_in_when_the_drain_has_come() -> None:
    log = Log()

    async def work(req: Request, ws: WebSocket) -> None:
        await ws.accept()
        async with ws.finish_first():
            await anyio.sleep(2)
            async with ws.finish_first():
                await anyio.sleep(2)
                log.note("inner")
            async with anyio.create_task_group() as group:
                group.start_soon(helper, ws)
            log.note("outer")
        await ws.receive_text()

    async def helper(ws: WebSocket) -> None:
        async with ws.finish_first():
            await anyio.sleep(2)
            log.note("helper")

    app = app_noting(log, work)
    async with clients(app):
        await settle()
        await app.drain()
    assert log == [(4, "inner"), (6, "helper"), (6, "outer"), (6, 1012)]


@virtual
async def test_a_task_that_has_outlived_its_section_is_outside() -> None:
    log = Log()

    async def late(ws: WebSocket) -> None:
        await anyio.sleep(2)
        async with ws.finish_first():
            log.note("too late")

    async def work(req: Request, ws: WebSocket) -> None:
        await ws.accept()
        async with ws.finish_first():
            ws.task_group.start_soon(late, ws)
        async with ws.finish_first():
            await anyio.sleep(4)
        await ws.receive_text()

    app = app_noting(log, work)
    async with clients(app):
        await settle()
        await app.drain()
    assert log == [(4, 1012)]


@virtual
async def test_a_section_on_another_socket_is_no_way_in() -> None:
    log = Log()
    sockets: list[WebSocket] = []

    async def work(req: Request, ws: WebSocket) -> None:
        await ws.accept()
        sockets.append(ws)
        async with ws.finish_first():
            if len(sockets) == 1:
                await anyio.sleep(2)
                with pytest.raises(WebSocketDisconnected):
                    async with sockets[1].finish_first():
                        raise AssertionError
                log.note("refused")
            else:
                await anyio.sleep(4)
        await ws.receive_text()

    app = app_noting(log, work)
    async with clients(app, 2):
        await settle()
        await app.drain()
    assert sorted(log, key=str) == [(4, "refused"), (4, 1012), (4, 1012)]


async def test_sections_that_have_ended_are_not_held_by_those_that_follow() -> None:
    sections: list[FinishFirst] = []

    async def go_on(ws: WebSocket) -> None:
        async with ws.finish_first():
            pass
        section = ws.finish_first()
        async with section:
            sections.append(section)
            if len(sections) < 5:
                ws.task_group.start_soon(go_on, ws)

    async with HeldSocket() as server:
        await go_on(server.ws)
        await settle()
        assert len(sections) == 5
        assert [section._outer for section in sections] == [None] * 5


async def test_a_section_on_a_connection_that_has_ended_raises_its_end() -> None:
    async with HeldSocket() as server:
        async with server.ws.finish_first():
            server.push_disconnect(4001, "bye")
            with pytest.raises(WebSocketDisconnected):
                await server.ws.receive_text()
        with pytest.raises(WebSocketDisconnected) as raised:
            async with server.ws.finish_first():
                raise AssertionError
    assert (raised.value.code, raised.value.reason) == (4001, "bye")
    with pytest.raises(WebSocketDisconnected):
        async with server.ws.finish_first():
            raise AssertionError


async def test_a_section_may_be_open_when_its_connection_ends() -> None:
    async with HeldSocket() as server, server.ws.finish_first():
        server.let_responder_go()
        await settle()
        assert server.done


async def test_a_client_that_leaves_ends_the_wait_for_the_close() -> None:
    codes: list[int] = []

    async def come_late(ws: WebSocket) -> None:
        with pytest.raises(WebSocketDisconnected) as raised:
            async with ws.finish_first():
                raise AssertionError
        codes.append(raised.value.code)

    async with HeldSocket() as server, anyio.create_task_group() as group:
        go = anyio.Event()

        async def hold() -> None:
            async with server.ws.finish_first():
                await go.wait()

        group.start_soon(hold)
        await settle()
        group.start_soon(server.app.drain)
        await settle()
        group.start_soon(come_late, server.ws)
        await settle()
        assert codes == []
        server.push_disconnect(4002)
        await settle()
        assert codes == [4002]
        go.set()
        server.let_responder_go()


@virtual
async def test_a_section_is_no_shield() -> None:
    log = Log()

    async def work(req: Request, ws: WebSocket) -> None:
        await ws.accept()
        with anyio.move_on_after(1):
            async with ws.finish_first():
                await anyio.sleep_forever()
        log.note("cancelled")
        await ws.receive_text()

    app = app_noting(log, work)
    async with clients(app):
        await app.drain()
    assert log == [(1, "cancelled"), (1, 1012)]


@virtual
async def test_a_section_that_takes_too_long_is_cancelled_shortly_before_the_deadline() -> None:
    log = Log()

    async def work(req: Request, ws: WebSocket) -> None:
        await ws.accept()
        try:
            async with ws.finish_first():
                await anyio.sleep_forever()
        finally:
            log.note("over")

    app = app_noting(log, work)
    async with clients(app) as (_, [ws]):
        await app.drain(deadline=50)
        assert ws.close_code == 1012
    assert log == [(45, "over"), (45, 1012)]


@virtual
async def test_a_handshake_in_a_section_is_refused_when_that_ends() -> None:
    log = Log()

    async def work(req: Request, ws: WebSocket) -> None:
        async with ws.finish_first():
            await anyio.sleep(3)
        await ws.accept()

    app = app_noting(log, work)
    async with AnsweringServer(app) as server:
        await app.drain(code=4000)
        assert anyio.current_time() == 3
    assert server.kinds() == ["close"]


@virtual
async def test_without_refusing_a_handshake_may_begin_a_section_and_is_closed_after_it() -> None:
    log = Log()

    async def work(req: Request, ws: WebSocket) -> None:
        await anyio.sleep(1)
        async with ws.finish_first():
            await ws.accept()
            await anyio.sleep(2)
            await ws.send_text("done")
        await ws.receive_text()

    app = app_noting(log, work)
    async with AnsweringServer(app) as server:
        await app.drain(refuse=False)
    assert server.kinds() == ["accept", "send", "close"]
    assert log == [(3, 1012)]


async def test_a_section_is_entered_once() -> None:
    async with HeldSocket() as server:
        section = server.ws.finish_first()
        async with section:
            with pytest.raises(RuntimeError, match="entered once"):
                await section.__aenter__()
        with pytest.raises(RuntimeError, match="entered once"):
            await section.__aenter__()


async def test_without_a_drain_sections_do_nothing() -> None:
    async def work(req: Request, ws: WebSocket) -> None:
        await ws.accept()
        async with ws.finish_first(), ws.finish_first():
            await ws.send_text("hello")

    app: App = app_with(work)
    async with AnsweringServer(app) as server:
        pass
    assert server.kinds() == ["accept", "send", "close"]
    assert server.close_event["code"] == 1000
