"""The page on cross-origin requests."""

from __future__ import annotations

import pytest

from anyws import App
from anyws.testing import ASGIConductor
from tests.house.pages import app_of

PAGE = {"Origin": "http://localhost:3000"}
KEY = {"Authorization": "Bearer open-sesame"}


@pytest.fixture
def app() -> App:
    return app_of("how-to/code/cors.py")


async def test_a_page_that_is_allowed_may_read_the_cart(app: App) -> None:
    async with ASGIConductor(app) as conductor:
        result = await conductor.simulate_get("/cart", headers=PAGE | KEY)
        assert result.json == []
        assert result.headers["access-control-allow-origin"] == PAGE["Origin"]
        assert result.headers["access-control-expose-headers"] == "X-Items"


async def test_a_preflight_needs_no_key(app: App) -> None:
    async with ASGIConductor(app) as conductor:
        result = await conductor.simulate_options(
            "/cart", headers=PAGE | {"Access-Control-Request-Method": "POST"}
        )
        assert result.status_code == 200
        assert result.headers["access-control-allow-methods"] == "GET, HEAD, OPTIONS, POST"


async def test_a_page_that_is_allowed_may_read_that_the_key_is_missing(app: App) -> None:
    async with ASGIConductor(app) as conductor:
        result = await conductor.simulate_get("/cart", headers=PAGE)
        assert result.status_code == 401
        assert result.headers["access-control-allow-origin"] == PAGE["Origin"]


async def test_another_page_is_answered_and_may_not_read_it(app: App) -> None:
    async with ASGIConductor(app) as conductor:
        elsewhere = {"Origin": "https://elsewhere.example"}
        result = await conductor.simulate_post("/cart", json="tea", headers=elsewhere | KEY)
        assert result.status_code == 204
        assert "access-control-allow-origin" not in result.headers
        assert (await conductor.simulate_get("/cart", headers=KEY)).json == ["tea"]
