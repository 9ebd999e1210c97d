"""Accepts on a server that is known from earlier connections."""

from __future__ import annotations

import anyio
import pytest
from anyio import CancelScope
from anyio.lowlevel import checkpoint

from anyws import App, Request, WebSocket
from tests.conftest import BACKENDS
from tests.websocket.scripted import Event, ScriptedServer, app_with, settle
from tests.websocket.waiting import Gate


class Accepting:
    """An application whose every connection accepts in a scope, and then says so."""

    def __init__(self) -> None:
        self.scope = CancelScope()
        self.app: App = app_with(self._respond)

    async def _respond(self, req: Request, ws: WebSocket) -> None:
        self.scope = CancelScope()
        with self.scope:
            await ws.accept()
            # What was held back comes at the next occasion.
            await checkpoint()
        await ws.send_text("cancelled" if self.scope.cancelled_caught else "accepted")

    async def meet_calm_server(self) -> None:
        """Have a connection whose accept does not wait."""
        async with ScriptedServer(self.app) as server:
            await settle()
            assert server.texts() == ["accepted"]

    async def cancel_accept(self) -> list[str]:
        """Cancel an accept that waits; give the kinds of events that the server has got."""
        gate = Gate()

        async def wait(event: Event) -> None:
            if event["type"] == "websocket.accept":
                await gate(event)

        server = ScriptedServer(self.app)
        server.on_send = wait
        async with server:
            await settle()
            self.scope.cancel()
            await settle()
            gate.open()
            await settle()
        return [*server.kinds(), *server.texts()]


WHOLE = ["accept", "send", "close", "cancelled"]


@pytest.mark.parametrize("anyio_backend", BACKENDS[:2])
async def test_an_accept_is_whole_that_waits_where_those_before_it_did_not() -> None:
    accepting = Accepting()
    await accepting.meet_calm_server()
    assert await accepting.cancel_accept() == WHOLE


async def test_accepts_are_whole_after_one_that_waited() -> None:
    accepting = Accepting()
    assert await accepting.cancel_accept() == WHOLE
    assert await accepting.cancel_accept() == WHOLE


@pytest.mark.anyws_clock("virtual")
async def test_an_accept_that_waits_where_others_did_not_is_given_up_after_send_timeout() -> None:
    accepting = Accepting()
    await accepting.meet_calm_server()
    async with ScriptedServer(accepting.app) as server:

        async def wait(event: Event) -> None:
            if event["type"] == "websocket.accept":
                await anyio.sleep_forever()

        server.on_send = wait
        await anyio.sleep(100)
        assert server.done
