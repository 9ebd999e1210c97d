from anyws import App, Request, Response


class Hello:
    async def on_get(self, req: Request, resp: Response) -> None:
        resp.media = {"hello": "world"}


app = App()
app.add_route("/hello", Hello())
