"""HTTP errors and statuses that a WebSocket's responder raises."""

from __future__ import annotations

import logging

import pytest

from anyws import (
    App,
    HTTPError,
    HTTPFound,
    HTTPServiceUnavailable,
    HTTPStatus,
    Request,
    WebSocket,
)
from tests.websocket.scripted import ScriptedServer, app_with


@pytest.mark.parametrize("accepts", [False, True])
@pytest.mark.parametrize(
    ("error", "code", "reason"),
    [
        (HTTPError(400), 3400, "Bad Request"),
        (HTTPError(404), 3404, "Not Found"),
        (HTTPServiceUnavailable(), 3503, "Service Unavailable"),
        (HTTPStatus(200), 3200, "OK"),
        (HTTPFound("/elsewhere"), 3302, "Found"),
        (HTTPError(799), 3799, ""),
    ],
    ids=lambda value: repr(value) if isinstance(value, Exception) else None,
)
async def test_an_http_error_or_status_closes_with_3000_and_the_status(
    error: Exception, code: int, reason: str, accepts: bool
) -> None:
    async def respond(req: Request, ws: WebSocket) -> None:
        if accepts:
            await ws.accept()
        raise error

    async with ScriptedServer(app_with(respond)) as server:
        pass
    assert server.kinds() == ["accept", "close"] if accepts else ["close"]
    assert server.close_event["code"] == code
    assert server.close_event.get("reason", "") == reason


async def test_the_reason_is_that_of_the_default_close_reasons() -> None:
    async def respond(req: Request, ws: WebSocket) -> None:
        raise HTTPError(404)

    app = app_with(respond)
    app.ws_options.default_close_reasons[3404] = "Nobody here"
    async with ScriptedServer(app) as server:
        pass
    assert server.close_event["reason"] == "Nobody here"


def test_the_default_close_reasons_are_a_plain_dict_of_each_application() -> None:
    first, second = (App().ws_options.default_close_reasons for _ in range(2))
    assert type(first) is dict
    assert first == second
    assert first is not second
    assert (first[1000], first[1011], first[3011]) == (
        "Normal Closure",
        "Internal Server Error",
        "Internal Server Error",
    )
    assert (first[3100], first[3404], first[3511]) == (
        "Continue",
        "Not Found",
        "Network Authentication Required",
    )
    assert set(first).isdisjoint({3600, 3799})


@pytest.mark.parametrize(
    ("error", "level"),
    [
        (HTTPError(404), logging.INFO),
        (HTTPError(499), logging.INFO),
        (HTTPStatus(202), logging.INFO),
        (HTTPError(500), logging.ERROR),
        (HTTPError(503), logging.ERROR),
    ],
    ids=repr,
)
async def test_an_http_error_is_logged_as_an_error_from_500_on_and_as_info_below(
    error: Exception, level: int, caplog: pytest.LogCaptureFixture
) -> None:
    async def respond(req: Request, ws: WebSocket) -> None:
        raise error

    with caplog.at_level(logging.DEBUG, "anyws"):
        async with ScriptedServer(app_with(respond)):
            pass
    assert [record.levelno for record in caplog.records] == [level]
