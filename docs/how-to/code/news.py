import time
from collections import deque
from collections.abc import AsyncIterator

import anyio

from anyws import App, Request, Response, SSEvent


class News:
    """Sends what is posted to all who listen, and what they missed to those who come back."""

    def __init__(self) -> None:
        # Ids go up, also from one run of the server to the next.
        self.count = time.time_ns() // 10**6
        self.latest: deque[tuple[int, SSEvent]] = deque(maxlen=100)
        self.more = anyio.Event()

    async def on_post(self, req: Request, resp: Response) -> None:
        news = await req.get_media()
        self.count += 1
        event = SSEvent(json=news, event="news", event_id=str(self.count))
        self.latest.append((self.count, event))
        self.more.set()
        self.more = anyio.Event()
        resp.status = 204

    async def on_get(self, req: Request, resp: Response) -> None:
        seen = req.get_header_as_int("Last-Event-ID", default=self.count)
        resp.sse = self.follow(seen)

    async def follow(self, seen: int) -> AsyncIterator[SSEvent]:
        yield SSEvent(retry=2000)
        while True:
            for number, event in tuple(self.latest):
                if number > seen:
                    yield event
                    seen = number
            if seen >= self.count:
                await self.more.wait()


class Page:
    async def on_get(self, req: Request, resp: Response) -> None:
        resp.content_type = "text/html; charset=utf-8"
        resp.text = """<!doctype html><title>News</title><ul></ul><script>
            new EventSource("/news").addEventListener("news", (event) => {
                const item = document.createElement("li");
                item.textContent = JSON.parse(event.data).text;
                document.querySelector("ul").append(item);
            });
            </script>"""


app = App()
app.add_route("/news", News())
app.add_route("/", Page())
