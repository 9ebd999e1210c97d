"""The service in Starlette, with functions as endpoints and bare ASGI middleware: its fast ways."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.routing import Route

from benchmarks._http.exchanges import ARTICLE, GREETING

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import ASGIApp, Message, Receive, Scope, Send


async def get_article(request: Request) -> JSONResponse:
    return JSONResponse(ARTICLE | {"id": request.path_params["article_id"]})


async def post_comment(request: Request) -> JSONResponse:
    return JSONResponse(await request.json(), status_code=201)


async def get_greeting(request: Request) -> PlainTextResponse:
    return PlainTextResponse(GREETING)


class RequestIds:
    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request_id = Headers(scope=scope).get("x-request-id", "-")
        scope["state"]["request_id"] = request_id

        async def send_with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["x-request-id"] = request_id
            await send(message)

        await self.app(scope, receive, send_with_id)


class Tokens:
    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        token = Headers(scope=scope).get("authorization", "").removeprefix("Bearer ")
        scope["state"]["token"] = token

        async def send_with_caching(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["cache-control"] = "private"
            await send(message)

        await self.app(scope, receive, send_with_caching)


def make_app(*, middleware: bool) -> Starlette:
    """Make the service, with the two pieces of middleware or without."""
    return Starlette(
        routes=[
            Route("/greeting", get_greeting),
            Route("/articles/{article_id:int}", get_article),
            Route("/articles/{article_id:int}/comments", post_comment, methods=["POST"]),
        ],
        middleware=[Middleware(RequestIds), Middleware(Tokens)] if middleware else None,
    )
