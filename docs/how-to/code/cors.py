import hmac

from anyws import App, CORSMiddleware, HTTPUnauthorized, Request, Response

PAGES = ["http://localhost:3000", "https://shop.example"]


class Key:
    """Asks for a key, except in a preflight request, with which a browser sends none."""

    async def process_request(self, req: Request, resp: Response) -> None:
        given = (req.auth or "").encode()
        if req.method != "OPTIONS" and not hmac.compare_digest(given, b"Bearer open-sesame"):
            raise HTTPUnauthorized(description="The key is missing.", challenges=["Bearer"])


class Cart:
    def __init__(self) -> None:
        self.items: list[object] = []

    async def on_get(self, req: Request, resp: Response) -> None:
        resp.media = self.items
        resp.set_header("X-Items", str(len(self.items)))

    async def on_post(self, req: Request, resp: Response) -> None:
        self.items.append(await req.get_media())
        resp.status = 204


app = App(middleware=[CORSMiddleware(allow_origins=PAGES, expose_headers="X-Items"), Key()])
app.add_route("/cart", Cart())
