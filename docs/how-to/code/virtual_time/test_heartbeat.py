"""An hour of heartbeats, and ten minutes of silence."""

import anyio
import heartbeat
import pytest

from anyws import App, WebSocketDisconnected
from anyws.testing import ASGIConductor

pytestmark = pytest.mark.anyws_clock("virtual")


@pytest.fixture
def app() -> App:
    return heartbeat.app


async def test_an_hour_of_heartbeats(conductor: ASGIConductor) -> None:
    async with conductor.simulate_ws("/heartbeat") as ws:
        for minute in range(1, 61):
            await ws.send_text("so am I")
            assert await ws.receive_text() == "still here"
            assert await ws.receive_text() == "still here"
            assert anyio.current_time() == pytest.approx(60 * minute)


async def test_a_silent_client_is_sent_away_after_ten_minutes(conductor: ASGIConductor) -> None:
    async with conductor.simulate_ws("/heartbeat") as ws:
        with pytest.raises(WebSocketDisconnected) as ended:
            while True:
                await ws.receive_text()
    assert ended.value.code == 1001
    assert 600 <= anyio.current_time() <= 601
