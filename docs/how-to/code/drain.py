"""Orders over a WebSocket, a health check, and a restart that nobody loses an order by."""

from functools import partial

import anyio
from msgspec import Struct

from anyws import App, Request, Response, WebSocket


class Order(Struct):
    id: int


class Orders:
    async def on_websocket(self, req: Request, ws: WebSocket) -> None:
        await ws.accept()
        async for order in ws.iter_media(type=Order):
            async with ws.finish_first():
                await book(order)
                await ws.send_media({"booked": order.id})


class Health:
    async def on_get(self, req: Request, resp: Response) -> None:
        resp.status = 503 if app.draining else 200


class Restart:
    async def on_post(self, req: Request, resp: Response) -> None:
        app.task_group.start_soon(partial(app.drain, spread=10))
        resp.status = 202


async def book(order: Order) -> None:
    await anyio.sleep(1)  # a database


app = App()
app.add_route("/orders", Orders())
app.add_route("/health", Health())
app.add_route("/restart", Restart())
