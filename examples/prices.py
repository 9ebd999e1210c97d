"""A feed that only sends: `anyws serve examples.prices:app`, then connect to /prices/tea.

Nobody queues: a client that reads slowly gets the newest price when it reads again, and has
missed those between. What clients say is thrown away, so that their leaving shows at once.
"""

from __future__ import annotations

import logging
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio

from anyws import App, HTTPNotFound, Request, WebSocket

log = logging.getLogger("prices")


class Market:
    """Prices that move, in a task of the application."""

    def __init__(self, pause: float = 1.0) -> None:
        self.prices = {"tea": 4.20, "coffee": 9.90}
        self._pause = pause
        self._moved = anyio.Event()

    @asynccontextmanager
    async def lifespan(self, app: App) -> AsyncIterator[None]:
        app.task_group.start_soon(self._walk)
        yield

    def move(self, name: str, price: float) -> None:
        """Set a price, and wake all who wait for a new one."""
        self.prices[name] = price
        self._moved.set()
        self._moved = anyio.Event()

    async def next(self, name: str, seen: float | None) -> float:
        """Wait until the price is another one than was seen, and give it."""
        while self.prices[name] == seen:
            await self._moved.wait()
        return self.prices[name]

    async def _walk(self) -> None:
        while True:
            await anyio.sleep(self._pause)
            for name, price in self.prices.items():
                self.move(name, round(price * random.uniform(0.99, 1.01), 4))


class Feed:
    """Sends a price whenever it has moved, until the client leaves."""

    def __init__(self, market: Market) -> None:
        self.market = market

    async def on_websocket(self, req: Request, ws: WebSocket, name: str) -> None:
        if name not in self.market.prices:
            raise HTTPNotFound
        await ws.accept()
        ws.discard_incoming()
        sent, price = 0, None
        with ws.move_on_disconnect():
            while True:
                price = await self.market.next(name, price)
                await ws.send_media({"name": name, "price": price})
                sent += 1
        log.info("a client has left after %d prices of %s", sent, name)


logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
market = Market()
app = App(middleware=market)
app.add_route("/prices/{name}", Feed(market))
