"""The page on errors."""

from __future__ import annotations

import logging

import pytest

from anyws import App, WebSocketDisconnected, WebSocketPathNotFound
from anyws.testing import ASGIConductor
from tests.house.pages import app_of


@pytest.fixture
def app() -> App:
    return app_of("how-to/code/errors.py")


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        (
            "/orders/soup",
            {"status": 404, "title": "404 Not Found", "detail": "There is no soup."},
        ),
        (
            "/orders/cake",
            {"status": 409, "title": "409 Conflict", "detail": "The cake is sold out."},
        ),
        ("/broken", {"status": 500, "title": "500 Internal Server Error"}),
        ("/nowhere", {"status": 404, "title": "404 Not Found"}),
    ],
)
async def test_every_error_is_written_in_one_format(
    app: App, path: str, problem: dict[str, object]
) -> None:
    async with ASGIConductor(app) as conductor:
        result = await conductor.simulate_get(path)
        assert result.status_code == problem["status"]
        assert result.headers["content-type"] == "application/problem+json"
        assert result.json == problem


@pytest.mark.parametrize(
    ("path", "code", "reason"),
    [
        ("/orders/soup", 3404, "Not Found"),
        ("/orders/cake", 4001, "sold out: cake"),
        ("/broken", 1011, "Internal Server Error"),
    ],
)
async def test_a_socket_is_closed_with_a_code_for_the_error(
    app: App, path: str, code: int, reason: str
) -> None:
    async with ASGIConductor(app) as conductor, conductor.simulate_ws(path) as ws:
        with pytest.raises(WebSocketDisconnected) as ended:
            await ws.receive_text()
        assert (ended.value.code, ended.value.reason) == (code, reason)


async def test_a_socket_without_a_route_is_refused(app: App) -> None:
    async with ASGIConductor(app) as conductor:
        with pytest.raises(WebSocketPathNotFound):
            async with conductor.simulate_ws("/nowhere"):
                pytest.fail("the handshake was refused")


async def test_only_what_nobody_foresaw_is_in_the_log_as_an_error(
    app: App, caplog: pytest.LogCaptureFixture
) -> None:
    async with ASGIConductor(app) as conductor:
        await conductor.simulate_get("/orders/soup")
        await conductor.simulate_get("/orders/cake")
        await conductor.simulate_get("/broken")
    errors = [record.message for record in caplog.records if record.levelno >= logging.WARNING]
    assert errors == ["unhandled error in GET /broken"]
