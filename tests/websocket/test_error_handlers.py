"""What follows when an error handler of the application has run."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from anyws import App, HTTPForbidden, HTTPStatus, Request, WebSocket
from tests.websocket.failing import fail
from tests.websocket.scripted import Event, Responder, Route, ScriptedServer, app_with


async def accept_and_fail(req: Request, ws: WebSocket) -> None:
    await ws.accept()
    raise KeyError("lost")


async def test_a_handler_may_accept_send_and_close() -> None:
    async def handle(
        req: object, resp: object, ex: object, params: object, ws: Any = None
    ) -> None:
        await ws.accept()
        await ws.send_text("sorry")
        await ws.close(4000)

    app = app_with(fail)
    app.add_error_handler(KeyError, handle)
    async with ScriptedServer(app) as server:
        pass
    assert server.kinds() == ["accept", "send", "close"]
    assert server.close_event["code"] == 4000


async def test_a_handler_that_accepts_and_returns_leaves_a_normal_closure() -> None:
    async def handle(
        req: object, resp: object, ex: object, params: object, ws: Any = None
    ) -> None:
        await ws.accept()

    app = app_with(fail)
    app.add_error_handler(KeyError, handle)
    async with ScriptedServer(app) as server:
        pass
    assert server.kinds() == ["accept", "close"]
    assert server.close_event["code"] == 1000


@pytest.mark.parametrize("responder", [fail, accept_and_fail])
@pytest.mark.parametrize(
    ("raised", "code"), [(HTTPForbidden(), 3403), (HTTPStatus(202), 3202)], ids=str
)
async def test_a_handler_may_raise_an_http_error_or_status(
    responder: Responder, raised: Exception, code: int
) -> None:
    async def handle(req: object, resp: object, ex: object, params: object) -> None:
        raise raised

    app = app_with(responder)
    app.add_error_handler(KeyError, handle)
    async with ScriptedServer(app) as server:
        pass
    assert server.close_event["code"] == code


@pytest.mark.parametrize("responder", [fail, accept_and_fail])
@pytest.mark.parametrize("grouped", [False, True])
async def test_another_error_of_a_handler_reaches_the_server_bare_after_a_close(
    responder: Responder, grouped: bool
) -> None:
    failure = ValueError("another")

    async def handle(req: object, resp: object, ex: object, params: object) -> None:
        raise ExceptionGroup("of one", [failure]) if grouped else failure

    app = app_with(responder, error_close_code=4500)
    app.add_error_handler(KeyError, handle)
    server = ScriptedServer(app)
    with pytest.raises(ValueError, match="another") as caught:
        async with server:
            pass
    assert caught.value is failure
    assert server.close_event["code"] == 4500


async def test_an_error_of_a_handler_that_has_closed_reaches_the_server_as_well() -> None:
    async def handle(
        req: object, resp: object, ex: object, params: object, ws: Any = None
    ) -> None:
        await ws.close(4000)
        raise ValueError("another")

    app = app_with(accept_and_fail)
    app.add_error_handler(KeyError, handle)
    server = ScriptedServer(app)
    with pytest.raises(ValueError, match="another"):
        async with server:
            pass
    assert server.close_event["code"] == 4000


async def test_the_error_of_a_handler_is_raised_when_the_close_fails_as_well(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def handle(req: object, resp: object, ex: object, params: object) -> None:
        raise ValueError("another")

    async def break_down(event: Event) -> None:
        raise RuntimeError("the server is out of order")

    app = app_with(fail)
    app.add_error_handler(KeyError, handle)
    server = ScriptedServer(app)
    server.on_send = break_down
    with pytest.raises(ValueError, match="another"):
        async with server:
            pass
    assert any(record.levelno == logging.ERROR for record in caplog.records)


@pytest.mark.parametrize(("responder", "code"), [(fail, 1000), (accept_and_fail, 4500)])
async def test_a_socket_that_a_handler_leaves_as_it_was_is_closed_by_the_framework(
    responder: Responder, code: int
) -> None:
    async def handle(
        req: object, resp: object, ex: object, params: object, ws: Any = None
    ) -> None: ...

    app = app_with(responder, error_close_code=4500)
    app.add_error_handler(KeyError, handle)
    async with ScriptedServer(app) as server:
        pass
    assert server.kinds()[-1] == "close"
    assert server.close_event["code"] == code


async def test_a_socket_that_a_handler_has_only_sent_on_is_closed_with_the_error_code() -> None:
    async def handle(
        req: object, resp: object, ex: object, params: object, ws: Any = None
    ) -> None:
        await ws.send_text("sorry")

    app = app_with(accept_and_fail)
    app.add_error_handler(KeyError, handle)
    async with ScriptedServer(app) as server:
        pass
    assert server.kinds() == ["accept", "send", "close"]
    assert server.close_event["code"] == 1011


async def test_without_any_handler_the_error_reaches_the_server_bare_after_a_close() -> None:
    failure = KeyError("lost")

    async def lose(req: Request, ws: WebSocket) -> None:
        await ws.accept()
        raise failure

    app = App()
    app.add_route("/", Route(lose))
    # Nothing public takes the handlers away that an application has from the start.
    app._registry.error_handlers._registrations.clear()
    server = ScriptedServer(app)
    with pytest.raises(KeyError) as caught:
        async with server:
            pass
    assert caught.value is failure
    assert server.close_event["code"] == 1011
