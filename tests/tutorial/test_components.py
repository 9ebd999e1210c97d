"""The tutorial's door: it waits for the token, but not for ever."""

from __future__ import annotations

import anyio
import pytest

from anyws import App, WebSocketDisconnected
from anyws.testing import ASGIConductor
from examples.tutorial.components import FirstMessageAuth


async def test_a_client_that_says_nothing_is_closed_with_1008() -> None:
    app = App(middleware=FirstMessageAuth("token", protected={"/quiet"}, patience=0.0))
    async with ASGIConductor(app) as conductor, conductor.simulate_ws("/quiet") as ws:
        with pytest.raises(WebSocketDisconnected) as ended, anyio.fail_after(5):
            await ws.receive_text()
    assert ended.value.code == 1008
