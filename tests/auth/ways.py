"""The three ways to authenticate, so that one test can go through all of them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import pytest

from anyws import App, Request, WebSocket, WebSocketDisconnected
from anyws.auth import BearerSubprotocol, FirstMessage, Guard, TicketAuth
from anyws.testing import ASGIConductor, ASGIWebSocketSimulator

SECRET: Final = "Qm9iIGlzIGhlcmUsIGxldCBoaW0gaW4"
USER: Final = "bob"


async def verify(secret: str) -> str | None:
    """Know one secret."""
    return USER if secret == SECRET else None


@dataclass(frozen=True)
class Way:
    """A way to authenticate, and what a client does to go it."""

    name: str
    guard: type[BearerSubprotocol[str] | TicketAuth[str] | FirstMessage[str]]
    accepts_before: bool
    """Whether the guard accepts the socket before it asks."""
    handshake: Callable[[str], dict[str, Any]] = field(default=lambda secret: {})
    """What the client adds to its handshake to show a secret."""

    @asynccontextmanager
    async def opened(
        self, conductor: ASGIConductor, secret: str = SECRET, **options: Any
    ) -> AsyncIterator[ASGIWebSocketSimulator]:
        """Connect, and show a secret."""
        async with conductor.simulate_ws("/", **self.handshake(secret), **options) as ws:
            if self is FIRST_MESSAGE:
                await ws.send_text(secret)
            yield ws

    async def refusal(
        self, conductor: ASGIConductor, secret: str = "wrong", **options: Any
    ) -> WebSocketDisconnected:
        """Connect, show a secret, and give what that comes to, which is the end."""
        with pytest.raises(WebSocketDisconnected) as ended:
            async with self.opened(conductor, secret, **options) as ws:
                await ws.receive_text()
        return ended.value

    def __str__(self) -> str:
        return self.name


BEARER: Final = Way(
    "bearer",
    BearerSubprotocol,
    accepts_before=False,
    handshake=lambda secret: {"subprotocols": ["bearer", secret]},
)
TICKET: Final = Way(
    "ticket",
    TicketAuth,
    accepts_before=False,
    handshake=lambda secret: {"params": {"ticket": secret}},
)
FIRST_MESSAGE: Final = Way("first message", FirstMessage, accepts_before=True)
WAYS: Final = (BEARER, TICKET, FIRST_MESSAGE)

each_way = pytest.mark.parametrize("way", WAYS, ids=str)


class Welcome:
    """Says who is there."""

    async def on_websocket(self, req: Request, ws: WebSocket) -> None:
        if ws.unaccepted:
            await ws.accept()
        await ws.send_text(ws.context.user)


def app_behind(*guards: Guard[str]) -> App:
    """An application that says whom its guards have let in."""
    app = App(middleware=guards)
    app.add_route("/", Welcome())
    return app
