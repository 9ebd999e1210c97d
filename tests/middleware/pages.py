"""An application, and the pages of other origins that send it requests."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import anyws
from anyws.sse import SSEvent
from anyws.testing import ASGIConductor

if TYPE_CHECKING:
    from anyws import Request, Response
    from anyws.testing import Result

PAGE = "https://page.example"
OTHER = "https://other.example"


class Thing:
    async def on_get(self, req: Request, resp: Response) -> None:
        resp.text = "read me"

    async def on_delete(self, req: Request, resp: Response) -> None:
        resp.status = anyws.HTTP_204


class Shaped:
    """Answers `/shaped` in the way that the query names."""

    async def on_get(self, req: Request, resp: Response) -> None:
        match req.get_param("as"):
            case "own":
                resp.set_header("Access-Control-Allow-Origin", "https://own.example")
            case "vary":
                resp.vary = "Accept, origin"
            case "error":
                raise anyws.HTTPForbidden
            case "crash":
                raise ValueError("on purpose")
            case _:
                resp.sse = self.events()

    async def on_options(self, req: Request, resp: Response) -> None:
        if req.get_param("as") == "error":
            raise anyws.HTTPUnauthorized
        raise anyws.HTTPStatus(anyws.HTTP_204)

    async def events(self) -> AsyncIterator[SSEvent]:
        yield SSEvent("x")


def app_with(middleware: object) -> anyws.App:
    app = anyws.App(middleware=middleware)
    app.add_route("/", Thing())
    app.add_route("/shaped", Shaped())
    return app


async def ask(
    middleware: object, path: str = "/", method: str = "GET", **headers: str | None
) -> Result:
    """Send a request; `request_method` and the like stand for `Access-Control-Request-Method`."""
    names = {"origin": "Origin"}
    fields = {
        names.get(name, "Access-Control-" + name.replace("_", "-")): value
        for name, value in headers.items()
        if value is not None
    }
    async with ASGIConductor(app_with(middleware)) as conductor:
        return await conductor.simulate_request(method, path, headers=fields)


def allowance(result: Result) -> tuple[str | None, str | None, str | None]:
    """The origin that is allowed, whether with credentials, and what the response varies by."""
    return (
        result.headers.get("access-control-allow-origin"),
        result.headers.get("access-control-allow-credentials"),
        result.headers.get("vary"),
    )
