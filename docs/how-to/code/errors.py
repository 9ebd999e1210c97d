import json
import logging

from anyws import App, HTTPConflict, HTTPError, HTTPNotFound, Request, Response, WebSocket

PRICES = {"tea": 3, "cake": 5}


class SoldOut(Exception):
    """An error of the program's own, which knows nothing of HTTP."""


def order(name: str) -> int:
    if name not in PRICES:
        raise HTTPNotFound(description=f"There is no {name}.", code=17)
    if name == "cake":
        raise SoldOut(name)
    return PRICES[name]


class Orders:
    async def on_get(self, req: Request, resp: Response, name: str) -> None:
        resp.media = {"price": order(name)}

    async def on_websocket(self, req: Request, ws: WebSocket, name: str) -> None:
        await ws.accept()
        await ws.send_media({"price": order(name)})


class Broken:
    async def on_get(self, req: Request, resp: Response) -> None:
        resp.media = {"price": 1 / 0}

    async def on_websocket(self, req: Request, ws: WebSocket) -> None:
        await ws.accept()
        await ws.send_media({"price": 1 / 0})


async def sold_out(
    req: Request,
    resp: Response | None,
    ex: SoldOut,
    params: dict[str, object],
    ws: WebSocket | None = None,
) -> None:
    if ws is not None:
        await ws.close(4001, f"sold out: {ex}")
    else:
        raise HTTPConflict(description=f"The {ex} is sold out.") from ex


def as_problem(req: Request, resp: Response, error: HTTPError) -> None:
    """Write the body of an error as RFC 9457 has it."""
    problem: dict[str, object] = {"status": error.status_code, "title": error.title}
    if error.description is not None:
        problem["detail"] = error.description
    resp.content_type = "application/problem+json"
    resp.text = json.dumps(problem)


logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
app = App()
app.add_route("/orders/{name}", Orders())
app.add_route("/broken", Broken())
app.add_error_handler(SoldOut, sold_out)
app.set_error_serializer(as_problem)
