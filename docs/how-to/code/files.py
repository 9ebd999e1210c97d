from pathlib import Path

from anyws import MEDIA_CSV, App, HTTPNotFound, Request, Response

HERE = Path(__file__).parent


class Hello:
    async def on_get(self, req: Request, resp: Response) -> None:
        resp.media = {"hello": "world"}


async def no_such_call(req: Request, resp: Response) -> None:
    raise HTTPNotFound(description="The API has no such path.")


class Caching:
    """Tells browsers and proxies how long they may use a file without asking again."""

    async def process_response(
        self, req: Request, resp: Response, resource: object, req_succeeded: bool
    ) -> None:
        if req_succeeded and req.path.startswith("/assets/"):
            resp.cache_control = "public, max-age=31536000, immutable"
        elif resp.etag is not None:
            resp.cache_control = "no-cache"


app = App(middleware=Caching())
app.resp_options.static_media_types[".csv"] = MEDIA_CSV
app.add_route("/api/hello", Hello())
app.add_sink(no_such_call, "/api/")
app.add_static_route("/", HERE / "site", fallback_filename="index.html")
app.add_static_route("/assets", HERE / "site" / "assets")
app.add_static_route("/downloads", HERE / "downloads", downloadable=True)
