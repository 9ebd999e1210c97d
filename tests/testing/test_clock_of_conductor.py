"""The conductor on a virtual clock, and its demand for one."""

from __future__ import annotations

import anyio
import pytest

from anyws import App, Request, WebSocket, WebSocketDisconnected
from anyws.testing import ASGIConductor

virtual = pytest.mark.anyws_clock("virtual")


class Heartbeat:
    async def on_websocket(self, req: Request, ws: WebSocket) -> None:
        await ws.accept()
        with ws.move_on_disconnect():
            while True:
                await anyio.sleep(30)
                await ws.send_json(anyio.current_time())


class Silence:
    async def on_websocket(self, req: Request, ws: WebSocket) -> None:
        await ws.accept()
        await ws.receive_text()


@pytest.fixture
def app() -> App:
    app = App()
    app.add_route("/heartbeat", Heartbeat())
    app.add_route("/silence", Silence())
    return app


@virtual
async def test_an_hour_of_a_connection_is_over_at_once(app: App) -> None:
    async with (
        ASGIConductor(app, clock="virtual") as conductor,
        conductor.simulate_ws("/heartbeat") as ws,
    ):
        assert [await ws.receive_json() for _ in range(120)] == [30 * n for n in range(1, 121)]


@virtual
async def test_the_conductor_itself_lets_no_time_pass(app: App) -> None:
    async with ASGIConductor(app) as conductor:
        for _ in range(3):
            async with conductor.simulate_ws("/heartbeat"):
                pass
        await conductor.simulate_get("/heartbeat")
    assert anyio.current_time() == 0


@virtual
async def test_a_limit_of_minutes_strikes_in_time(app: App) -> None:
    app.ws_options.idle_timeout = 600
    async with ASGIConductor(app) as conductor, conductor.simulate_ws("/silence") as ws:
        with pytest.raises(WebSocketDisconnected) as ended:
            await ws.receive_text()
    assert ended.value.code == 1001
    assert 600 <= anyio.current_time() <= 601


async def test_a_conductor_that_needs_the_virtual_clock_says_how_to_get_it(app: App) -> None:
    with pytest.raises(RuntimeError, match="clock='virtual' was asked for") as refused:
        async with ASGIConductor(app, clock="virtual"):
            pytest.fail("the body must not run")
    assert '@pytest.mark.anyws_clock("virtual")' in str(refused.value)
    assert "virtual_clock()" in str(refused.value)


@virtual
async def test_a_conductor_that_needs_the_real_clock_is_not_run_on_the_virtual_one(
    app: App,
) -> None:
    with pytest.raises(RuntimeError, match="clock='real' was asked for"):
        async with ASGIConductor(app, clock="real"):
            pytest.fail("the body must not run")


async def test_a_conductor_takes_the_real_clock_where_that_is_asked_for(app: App) -> None:
    async with ASGIConductor(app, clock="real") as conductor:
        assert (await conductor.simulate_get("/silence")).status_code == 405


def test_an_unknown_clock_is_named(app: App) -> None:
    with pytest.raises(ValueError, match="clock='fast' is not known"):
        ASGIConductor(app, clock="fast")  # type: ignore[arg-type]  # That is the point.
