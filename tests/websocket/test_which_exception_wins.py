"""Which exception goes to the error handlers when several are raised at once."""

from __future__ import annotations

import anyio
import pytest

from anyws import HTTPForbidden, HTTPNotFound, Request, WebSocket, WebSocketDisconnected
from tests.websocket.failing import Kept, errors_in, raising, raising_when_cancelled
from tests.websocket.scripted import Responder, ScriptedServer, app_with, settle


async def fail_both(first: Exception, second: Exception, ws: WebSocket) -> None:
    """Have two children fail, the second one because the first one did."""
    ws.task_group.start_soon(raising_when_cancelled(second))
    await settle()
    ws.task_group.start_soon(raising(first))
    await anyio.sleep_forever()


def failing_both(first: Exception, second: Exception) -> Responder:
    async def respond(req: Request, ws: WebSocket) -> None:
        await ws.accept()
        await fail_both(first, second, ws)

    return respond


async def test_http_not_found_in_a_child_of_the_connection_closes_with_3404() -> None:
    async def respond(req: Request, ws: WebSocket) -> None:
        await ws.accept()
        ws.task_group.start_soon(raising(HTTPNotFound()))
        await anyio.sleep_forever()

    async with ScriptedServer(app_with(respond)) as server:
        pass
    assert server.close_event["code"] == 3404


async def test_a_failing_child_cancels_the_responder_and_its_exception_is_handled_bare() -> None:
    error = KeyError("child")
    ends = []

    async def respond(req: Request, ws: WebSocket) -> None:
        ws.task_group.start_soon(raising(error))
        try:
            await anyio.sleep_forever()
        except anyio.get_cancelled_exc_class():
            ends.append("cancelled")
            raise

    app = app_with(respond)
    kept = Kept(app)
    async with ScriptedServer(app):
        pass
    assert kept.errors == [error]
    assert ends == ["cancelled"]


async def test_an_exception_after_a_deadline_has_nothing_as_its_context() -> None:
    async def respond(req: Request, ws: WebSocket) -> None:
        with anyio.move_on_after(0):
            await anyio.sleep_forever()
        raise KeyError("after it")

    app = app_with(respond)
    kept = Kept(app)
    async with ScriptedServer(app):
        pass
    assert [error.__context__ for error in kept.errors] == [None]


async def test_the_exception_of_the_responder_wins_over_that_of_a_child_it_cancels(
    caplog: pytest.LogCaptureFixture,
) -> None:
    own, child = KeyError("responder"), ValueError("child")

    async def respond(req: Request, ws: WebSocket) -> None:
        ws.task_group.start_soon(raising_when_cancelled(child))
        await settle()
        raise own

    app = app_with(respond)
    kept = Kept(app)
    async with ScriptedServer(app):
        pass
    assert kept.errors == [own]
    assert errors_in(caplog) == [child]


async def test_the_exception_of_the_responder_wins_over_that_of_a_child_that_cancelled_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    own, child = KeyError("responder"), ValueError("child")

    async def respond(req: Request, ws: WebSocket) -> None:
        ws.task_group.start_soon(raising(child))
        try:
            await anyio.sleep_forever()
        finally:
            raise own

    app = app_with(respond)
    kept = Kept(app)
    async with ScriptedServer(app):
        pass
    assert kept.errors == [own]
    assert errors_in(caplog) == [child]


async def test_what_leaves_a_group_of_the_responder_wins_over_the_child_that_cancelled_it() -> (
    None
):
    async def respond(req: Request, ws: WebSocket) -> None:
        await ws.accept()
        async with anyio.create_task_group() as group:
            group.start_soon(raising_when_cancelled(HTTPForbidden()))
            await settle()
            ws.task_group.start_soon(raising(KeyError("child")))
            await anyio.sleep_forever()

    async with ScriptedServer(app_with(respond)) as server:
        pass
    assert server.close_event["code"] == 3403


async def test_a_child_that_fails_at_the_responders_return_is_handled() -> None:
    error = KeyError("child")

    async def respond(req: Request, ws: WebSocket) -> None:
        await ws.accept()
        ws.task_group.start_soon(raising_when_cancelled(error))
        await settle()

    app = app_with(respond)
    kept = Kept(app)
    async with ScriptedServer(app) as server:
        pass
    assert kept.errors == [error]
    assert server.close_event["code"] == 1011


async def test_of_two_that_one_handler_is_for_the_first_is_handled_and_the_other_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    first, second = KeyError("first"), ValueError("second")
    app = app_with(failing_both(first, second))
    async with ScriptedServer(app) as server:
        pass
    assert server.close_event["code"] == 1011
    assert set(errors_in(caplog)) == {first, second}
    kept = Kept(app, Exception)
    async with ScriptedServer(app):
        pass
    assert kept.errors == [first]


async def test_two_http_errors_close_with_the_status_of_the_first() -> None:
    respond = failing_both(HTTPNotFound(), HTTPForbidden())
    async with ScriptedServer(app_with(respond)) as server:
        pass
    assert server.close_event["code"] == 3404


async def test_two_that_different_handlers_are_for_are_a_group_for_the_handler_of_exception(
    caplog: pytest.LogCaptureFixture,
) -> None:
    first, second = HTTPNotFound(), ValueError("second")
    app = app_with(failing_both(first, second), error_close_code=4500)
    async with ScriptedServer(app) as server:
        pass
    assert server.close_event["code"] == 4500
    # The formatted traceback of a group shows each of its leaves.
    assert "HTTPNotFound" in caplog.text
    assert "ValueError: second" in caplog.text
    narrow, wide = Kept(app, ValueError), Kept(app, Exception)
    async with ScriptedServer(app):
        pass
    assert narrow.errors == []
    [group] = wide.errors
    assert isinstance(group, ExceptionGroup)
    assert group.exceptions == (first, second)


async def test_a_departure_does_not_count_beside_another_error() -> None:
    error = HTTPForbidden()

    async def listen(ws: WebSocket) -> None:
        await ws.receive_text()

    async def respond(req: Request, ws: WebSocket) -> None:
        await ws.accept()
        ws.task_group.start_soon(raising_when_cancelled(error))
        ws.task_group.start_soon(listen, ws)
        await anyio.sleep_forever()

    app = app_with(respond)
    kept = Kept(app)
    async with ScriptedServer(app) as server:
        server.push_disconnect()
    assert kept.errors == [error]


async def test_departures_alone_are_handled_as_one() -> None:
    async def send(ws: WebSocket) -> None:
        await ws.wait_disconnected()
        await ws.send_text("x")

    async def respond(req: Request, ws: WebSocket) -> None:
        await ws.accept()
        async with anyio.create_task_group() as group:
            for _ in range(3):
                group.start_soon(send, ws)

    app = app_with(respond)
    kept = Kept(app)
    async with ScriptedServer(app) as server:
        server.push_disconnect(4001)
    [error] = kept.errors
    assert isinstance(error, WebSocketDisconnected)
    assert error.code == 4001


async def test_the_departure_of_another_socket_counts_beside_another_error() -> None:
    own, foreign = KeyError("lost"), WebSocketDisconnected(1001)

    async def respond(req: Request, ws: WebSocket) -> None:
        raise ExceptionGroup("two", [foreign, own])

    app = app_with(respond)
    kept = Kept(app, Exception)
    async with ScriptedServer(app):
        pass
    [group] = kept.errors
    assert isinstance(group, ExceptionGroup)
    assert group.exceptions == (foreign, own)
