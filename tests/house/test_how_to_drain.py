"""The program of the page about drains."""

from __future__ import annotations

import anyio
import pytest

from anyws import App
from anyws.testing import ASGIConductor
from tests.house.pages import app_of

virtual = pytest.mark.anyws_clock("virtual")


@pytest.fixture
def app() -> App:
    return app_of("how-to/code/drain.py")


@virtual
async def test_an_order_is_booked_before_the_socket_closes(app: App) -> None:
    async with ASGIConductor(app) as conductor, conductor.simulate_ws("/orders") as ws:
        await ws.send_json({"id": 7})
        await anyio.sleep(0.5)
        await app.drain()
        assert await ws.receive_json() == {"booked": 7}
        assert ws.close_code == 1012
        assert anyio.current_time() == 1


@virtual
async def test_a_request_begins_the_drain_and_health_checks_tell_of_it(app: App) -> None:
    async with ASGIConductor(app) as conductor, conductor.simulate_ws("/orders") as ws:
        assert (await conductor.simulate_get("/health")).status_code == 200
        assert (await conductor.simulate_post("/restart")).status_code == 202
        await anyio.sleep(10)
        assert (await conductor.simulate_get("/health")).status_code == 503
        assert ws.close_code == 1012
