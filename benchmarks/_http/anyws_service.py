"""The service in anyws."""

from __future__ import annotations

from typing import TYPE_CHECKING

from anyws import MEDIA_TEXT, App
from benchmarks._http.exchanges import ARTICLE, GREETING

if TYPE_CHECKING:
    from anyws import Request, Response


class Articles:
    async def on_get(self, req: Request, resp: Response, article_id: int) -> None:
        resp.media = ARTICLE | {"id": article_id}


class Comments:
    async def on_post(self, req: Request, resp: Response, article_id: int) -> None:
        resp.media = await req.get_media()
        resp.status = 201


class Greeting:
    async def on_get(self, req: Request, resp: Response) -> None:
        resp.content_type = MEDIA_TEXT
        resp.text = GREETING


class RequestIds:
    async def process_request(self, req: Request, resp: Response) -> None:
        req.context.request_id = req.get_header("x-request-id", default="-")

    async def process_response(
        self, req: Request, resp: Response, resource: object, req_succeeded: bool
    ) -> None:
        resp.set_header("x-request-id", req.context.request_id)


class Tokens:
    async def process_request(self, req: Request, resp: Response) -> None:
        req.context.token = (req.auth or "").removeprefix("Bearer ")

    async def process_response(
        self, req: Request, resp: Response, resource: object, req_succeeded: bool
    ) -> None:
        resp.set_header("cache-control", "private")


def make_app(*, middleware: bool) -> App:
    """Make the service, with the two components of middleware or without."""
    app = App(middleware=[RequestIds(), Tokens()] if middleware else None)
    app.add_route("/greeting", Greeting())
    app.add_route("/articles/{article_id:int}", Articles())
    app.add_route("/articles/{article_id:int}/comments", Comments())
    return app
