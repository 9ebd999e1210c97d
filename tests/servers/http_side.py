"""The HTTP side of the application for real servers: bodies that come and go in every way."""

from __future__ import annotations

import time
from collections.abc import AsyncIterable, AsyncIterator, Callable
from functools import partial
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

import anyio
from anyio.lowlevel import checkpoint

from anyws import App, ClientDisconnected, CORSMiddleware, Request, Response, SSEvent
from anyws.media import MultipartForm
from tests.servers.payloads import BLOCK, block

if TYPE_CHECKING:
    from tests.servers.notes import Notes

MAX_BODY_SIZE: Final = 24 * 2**20
PING_INTERVAL: Final = 0.2
FRIEND: Final = "https://friend.example"


class Things:
    """Takes JSON and gives JSON."""

    async def on_get(self, req: Request, resp: Response) -> None:
        resp.media = {"query": req.params, "version": req.scope["http_version"]}

    async def on_post(self, req: Request, resp: Response) -> None:
        resp.media = {"echo": await req.get_media()}
        resp.status = 201
        resp.location = "/things/1"

    async def on_get_broken(self, req: Request, resp: Response) -> None:
        raise LookupError("broken on purpose")


class Uploads:
    """Takes bodies of any size, in every way in which they can be read, or not be."""

    def __init__(self, notes: Notes) -> None:
        self._notes = notes

    async def on_post_raw(self, req: Request, resp: Response) -> None:
        resp.media = await _digest(req.stream)

    async def on_post_form(self, req: Request, resp: Response) -> None:
        form = await req.get_media()
        assert isinstance(form, MultipartForm)
        resp.media = {part.name: await _digest(part.stream) async for part in form}

    async def on_post_echo(self, req: Request, resp: Response) -> None:
        resp.stream = req.stream

    async def on_post_shout(self, req: Request, resp: Response) -> None:
        resp.stream = self._shout(req)

    async def on_post_progress(self, req: Request, resp: Response) -> None:
        resp.sse = self._progress(req)

    async def on_post_unread(self, req: Request, resp: Response) -> None:
        resp.text = "no, thank you"

    async def on_post_watched(self, req: Request, resp: Response, key: str) -> None:
        try:
            async for _ in req.stream:
                self._notes.write(f"{key}-begun")
        except ClientDisconnected:
            self._notes.write(key, at=time.monotonic())
            raise

    async def on_post_ignored(self, req: Request, resp: Response, key: str) -> None:
        resp.sse = _vigil(partial(self._notes.write, key))

    async def on_post_handed_back(self, req: Request, resp: Response, key: str) -> None:
        resp.stream = self._hand_back(req, key)

    async def _shout(self, req: Request) -> AsyncIterator[bytes]:
        yield b"listening\n"
        async for part in req.stream:
            yield part.upper()

    async def _progress(self, req: Request) -> AsyncIterator[SSEvent]:
        yield SSEvent("listening")
        size = 0
        async for part in req.stream:
            size += len(part)
            yield SSEvent(json={"size": size})

    async def _hand_back(self, req: Request, key: str) -> AsyncIterator[bytes]:
        try:
            async for part in req.stream:
                yield part
        finally:
            self._notes.write(key, at=time.monotonic())


class Files:
    """Keeps what is uploaded in a directory, as long as the server runs."""

    def __init__(self) -> None:
        self._directory = TemporaryDirectory()
        self.path = Path(self._directory.name)

    async def on_put(self, req: Request, resp: Response, name: str) -> None:
        async with await anyio.open_file(self.path / name, "wb") as file:
            async for part in req.stream:
                await file.write(part)
        resp.status = 201

    async def process_shutdown(self, scope: dict[str, Any], event: dict[str, Any]) -> None:
        await anyio.to_thread.run_sync(self._directory.cleanup)


class Downloads:
    """Gives bytes that are made while they are sent."""

    def __init__(self, notes: Notes) -> None:
        self._notes = notes

    async def on_get_sized(self, req: Request, resp: Response, size: int) -> None:
        resp.set_stream(self._blocks(size // BLOCK), size)

    async def on_get_endless(self, req: Request, resp: Response, key: str) -> None:
        resp.stream = self._noted(self._blocks(10**9), key)

    async def on_get_halting(self, req: Request, resp: Response, key: str) -> None:
        resp.stream = self._noted(self._halting(), key)

    async def _noted(self, parts: AsyncIterator[bytes], key: str) -> AsyncIterator[bytes]:
        try:
            async for part in parts:
                yield part
        finally:
            self._notes.write(key, at=time.monotonic())

    async def _blocks(self, count: int) -> AsyncIterator[bytes]:
        for number in range(count):
            yield block(number)

    async def _halting(self) -> AsyncIterator[bytes]:
        yield b"only this"
        await anyio.sleep_forever()


class Feeds:
    """Gives what is posted to those who listen."""

    def __init__(self, notes: Notes) -> None:
        self._notes = notes
        self._posts: dict[str, Posts] = {}

    async def on_post(self, req: Request, resp: Response, key: str) -> None:
        await self._find(key).put(await req.get_media())
        resp.status = 204

    async def on_get(self, req: Request, resp: Response, key: str) -> None:
        resp.sse = self._follow(key)

    async def on_get_vigil(self, req: Request, resp: Response, key: str) -> None:
        resp.sse = _vigil(partial(self._notes.write, key))

    async def _follow(self, key: str) -> AsyncIterator[SSEvent]:
        posts = self._find(key)
        while (post := await posts.take()) is not None:
            yield SSEvent(json=post)

    def _find(self, key: str) -> Posts:
        return self._posts.setdefault(key, Posts())


class Posts:
    """What was posted, in order; None is the last."""

    def __init__(self) -> None:
        self._inlet, self._outlet = anyio.create_memory_object_stream[object](10)

    async def put(self, post: object) -> None:
        await self._inlet.send(post)

    async def take(self) -> object:
        return await self._outlet.receive()


class Later:
    """Goes on with something once its client has the response."""

    def __init__(self, notes: Notes) -> None:
        self._notes = notes
        self._arrived: dict[str, anyio.Event] = {}

    async def on_get(self, req: Request, resp: Response, key: str) -> None:
        self._arrived[key] = anyio.Event()
        resp.schedule(partial(self._go_on, key))
        resp.text = "the rest follows"

    async def on_post(self, req: Request, resp: Response, key: str) -> None:
        self._arrived[key].set()

    async def _go_on(self, key: str) -> None:
        await self._arrived[key].wait()
        self._notes.write(key, done=True)


def add_http_side(app: App, notes: Notes) -> None:
    """Add the routes of the HTTP side, and what they need."""
    app.req_options.max_body_size = MAX_BODY_SIZE
    app.resp_options.sse_ping_interval = PING_INTERVAL
    files = Files()
    app.add_middleware([CORSMiddleware(FRIEND, expose_headers="X-Total"), files])
    app.add_route("/things", Things())
    app.add_route("/things/broken", Things(), suffix="broken")
    uploads = Uploads(notes)
    for suffix in ("raw", "form", "echo", "shout", "progress", "unread"):
        app.add_route(f"/uploads/{suffix}", uploads, suffix=suffix)
    for suffix in ("watched", "ignored", "handed_back"):
        app.add_route(f"/uploads/{suffix}/{{key}}", uploads, suffix=suffix)
    app.add_route("/files/{name}", files)
    app.add_static_route("/static", files.path)
    downloads = Downloads(notes)
    app.add_route("/downloads/sized/{size:int}", downloads, suffix="sized")
    for suffix in ("endless", "halting"):
        app.add_route(f"/downloads/{suffix}/{{key}}", downloads, suffix=suffix)
    feeds = Feeds(notes)
    app.add_route("/feeds/{key}", feeds)
    app.add_route("/feeds/vigil/{key}", feeds, suffix="vigil")
    app.add_route("/later/{key}", Later(notes))


async def _digest(body: AsyncIterable[bytes]) -> dict[str, object]:
    digest, size = sha256(), 0
    async for part in body:
        digest.update(part)
        size += len(part)
    return {"size": size, "sha256": digest.hexdigest()}


async def _vigil(note: Callable[..., None]) -> AsyncIterator[SSEvent]:
    """One event, and then nothing until the client leaves."""
    task = anyio.get_current_task().id
    try:
        yield SSEvent("here")
        await anyio.sleep_forever()
    finally:
        at = time.monotonic()
        await checkpoint()
        note(at=at, own_task=anyio.get_current_task().id == task)
