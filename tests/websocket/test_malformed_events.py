"""Events of the server's that are malformed: they end the connection, and nobody stays behind."""

from __future__ import annotations

from typing import Any

import pytest

from anyws import WebSocketDisconnected
from tests.websocket.held import HeldSocket
from tests.websocket.scripted import Event, settle


class Careless(HeldSocket):
    """A server that leaves the type of an event out where it is empty."""

    async def receive(self) -> Event:
        event = await super().receive()
        return event if event["type"] else {"text": event["text"]}


@pytest.mark.parametrize("watched", [False, True], ids=["read by the call", "read ahead"])
@pytest.mark.parametrize(
    "options", [{}, {"receive_rate": (100, 100)}, {"max_receive_queue": 0}], ids=repr
)
async def test_an_event_without_a_type_closes_with_1011_and_leaves_no_receive_busy(
    options: dict[str, Any], watched: bool
) -> None:
    async with Careless(options=options) as server:
        if watched:
            assert server.ws.ready
            await settle()
        server.push("", text="no type")
        server.push_text("later")
        for _ in range(2):
            with pytest.raises(WebSocketDisconnected) as raised:
                await server.ws.receive_text()
            assert raised.value.code == 1011
    assert server.close_event["code"] == 1011
