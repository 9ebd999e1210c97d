import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

import anyio

from anyws import App, Request, Response

WORK = 2.0  # Seconds that everything takes here, in place of real work.
log = logging.getLogger("shop")


class Mail:
    """A service: opened before the first request, closed after the last one."""

    @asynccontextmanager
    async def lifespan(self, app: App) -> AsyncIterator[None]:
        log.info("the mail service is open")
        app.task_group.start_soon(self.remind)
        yield
        log.info("the mail service is closed")

    async def remind(self) -> None:
        while True:
            await anyio.sleep(3600)
            log.info("the reminders are sent")

    async def send(self, name: str) -> None:
        await anyio.sleep(WORK)
        log.info("the mail about %s is sent", name)


def archive(name: str) -> None:
    time.sleep(WORK)  # A call that blocks.
    log.info("%s is in the archive", name)


class Orders:
    def __init__(self, app: App, mail: Mail) -> None:
        self.app = app
        self.mail = mail
        self.percent: dict[str, int] = {}

    async def on_post(self, req: Request, resp: Response, name: str) -> None:
        """Answer first, and see to the rest afterwards."""
        resp.schedule(partial(self.mail.send, name))
        resp.schedule_sync(partial(archive, name))
        resp.status = 204

    async def on_put(self, req: Request, resp: Response, name: str) -> None:
        """Begin something long, which can be asked about."""
        self.percent[name] = 0
        self.app.task_group.start_soon(self.make, name)
        resp.status = 202

    async def on_get(self, req: Request, resp: Response, name: str) -> None:
        resp.media = {"percent": self.percent.get(name)}

    async def make(self, name: str) -> None:
        for done in range(1, 101):
            await anyio.sleep(WORK / 10)
            self.percent[name] = done


logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
mail = Mail()
app = App(middleware=mail)
app.add_route("/orders/{name}", Orders(app, mail))
