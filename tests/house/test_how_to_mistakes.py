"""What the pages say of mistakes: each is made, and the message is one that the page quotes."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest

import anyws
from anyws import App, CORSMiddleware, HTTPNotFound, HTTPUnauthorized, Request, Response, SSEvent
from anyws.testing import ASGIConductor
from tests.house.pages import DOCS

HERE = str(Path(__file__).parent)
PART = b'--edge\r\nContent-Disposition: form-data; name="photo"; filename="a"\r\n\r\na photo\r\n'
FORM = "multipart/form-data; boundary=edge"

# What no type checker would let pass.
RAIN: Any = {"text": "rain"}
SEVEN: Any = 7

Responder = Callable[[App, Request, Response], Awaitable[object]]


def assert_quoted(page: str, said: str) -> None:
    """Look on a page for a message; an ellipsis on the page stands for anything."""
    text = (DOCS / "how-to" / page).read_text()
    quotes = re.findall(r"`([^\n]+?)`(?=[ ,;:.]|$)|^(\w+Error: .*)$", text, re.MULTILINE)
    patterns = [".*".join(map(re.escape, (code or block).split("…"))) for code, block in quotes]
    assert any(re.fullmatch(pattern, said, re.DOTALL) for pattern in patterns), said


async def work(n: int = 0) -> None:
    raise AssertionError("nobody runs it")


async def three(req: object, resp: object, ex: object) -> None: ...


def synchronous(req: object, resp: object, ex: object, params: object) -> None: ...


# Wrong on purpose: as values of any type they are nobody's concern but the framework's.
wrong: Any = anyws
wrong_app: Any = App()


@pytest.mark.parametrize(
    ("page", "mistake"),
    [
        ("events.md", lambda: SSEvent(RAIN)),
        ("events.md", lambda: SSEvent(event_id=SEVEN)),
        ("files.md", lambda: App().add_static_route("/", "site")),
        ("files.md", lambda: App().add_static_route("/", "/nowhere/site")),
        ("files.md", lambda: App().add_static_route("site", HERE)),
        ("cors.md", lambda: CORSMiddleware("https://shop.example/")),
        ("cors.md", lambda: CORSMiddleware(["*", "https://shop.example"])),
        ("cors.md", lambda: CORSMiddleware("https://a.example", None, "https://b.example")),
        ("cors.md", lambda: App(cors_enable=True, middleware=CORSMiddleware())),
        ("cors.md", lambda: App(middleware=CORSMiddleware)),
        ("errors.md", lambda: wrong_app.add_error_handler(KeyError, synchronous)),
        ("errors.md", lambda: wrong_app.add_error_handler(KeyError, three)),
        ("errors.md", lambda: wrong.HTTPNotFound("no soup")),
        ("errors.md", lambda: HTTPUnauthorized(challenges="Bearer")),
        ("background.md", lambda: wrong.create_task),
        ("background.md", lambda: App().task_group),
    ],
)
def test_a_mistake_is_answered_as_its_page_says(page: str, mistake: Callable[[], object]) -> None:
    with pytest.raises(Exception, match=r"\w") as caught:
        mistake()
    assert_quoted(page, f"{caught.type.__name__}: {caught.value}")


async def follow(event: Any) -> AsyncIterator[Any]:
    yield event


async def forget_the_call(app: App, req: Request, resp: Any) -> None:
    resp.sse = follow


async def send_a_dict(app: App, req: Request, resp: Response) -> None:
    resp.sse = follow(RAIN)


async def forget_to_await(app: App, req: Any, resp: Response) -> None:
    resp.media = req.media["title"]


async def read_too_late(app: App, req: Any, resp: Response) -> None:
    for part in [part async for part in await req.get_media()]:
        await part.get_text()


async def look_a_part_up(app: App, req: Any, resp: Response) -> None:
    resp.media = (await req.get_media())["photo"]


async def iterate_without_async(app: App, req: Any, resp: Response) -> None:
    for _ in await req.get_media():
        pass


async def set_media_without_a_handler(app: App, req: Request, resp: Response) -> None:
    resp.content_type = "application/problem+json"
    resp.media = {}


async def start_a_coroutine(app: Any, req: Request, resp: Response) -> None:
    with closing(work(1)) as coroutine:
        app.task_group.start_soon(coroutine)


async def start_with_a_keyword(app: Any, req: Request, resp: Response) -> None:
    app.task_group.start_soon(work, n=1)


async def schedule_a_coroutine(app: App, req: Request, resp: Any) -> None:
    with closing(work(1)) as coroutine:
        resp.schedule(coroutine)


async def schedule_with_an_argument(app: App, req: Request, resp: Any) -> None:
    resp.schedule(work, 1)


async def schedule_a_lambda(app: App, req: Request, resp: Response) -> None:
    resp.schedule(lambda: work(1))


@pytest.mark.parametrize(
    ("page", "responder"),
    [
        ("events.md", forget_the_call),
        ("events.md", send_a_dict),
        ("uploads.md", forget_to_await),
        ("uploads.md", read_too_late),
        ("uploads.md", look_a_part_up),
        ("uploads.md", iterate_without_async),
        ("errors.md", set_media_without_a_handler),
        ("background.md", start_a_coroutine),
        ("background.md", start_with_a_keyword),
        ("background.md", schedule_a_coroutine),
        ("background.md", schedule_with_an_argument),
        ("background.md", schedule_a_lambda),
    ],
)
async def test_a_mistake_in_a_responder_is_in_the_log_as_its_page_says(
    page: str, responder: Responder, caplog: pytest.LogCaptureFixture
) -> None:
    class Mistaken:
        async def on_post(self, req: Request, resp: Response) -> None:
            await responder(app, req, resp)

    app = App()
    app.add_route("/", Mistaken())
    async with ASGIConductor(app) as conductor:
        with suppress(RuntimeError):  # The response may be cut off.
            await conductor.simulate_post("/", body=PART + b"--edge--\r\n", content_type=FORM)
    [error] = [record.exc_info[1] for record in caplog.records if record.exc_info]
    assert_quoted(page, f"{type(error).__name__}: {error}")


async def test_an_error_that_is_returned_is_warned_of_as_the_page_says(
    caplog: pytest.LogCaptureFixture,
) -> None:
    class Orders:
        async def on_get(self, req: Request, resp: Response) -> object:
            return HTTPNotFound()

    app = App()
    app.add_route("/orders/soup", Orders())
    async with ASGIConductor(app) as conductor:
        assert (await conductor.simulate_get("/orders/soup")).content == b""
    [record] = caplog.records
    assert_quoted("errors.md", record.getMessage())


class Media:
    async def on_post(self, req: Request, resp: Response) -> None:
        form: Any = await req.get_media()
        async for part in form:
            await part.get_text()


@pytest.mark.parametrize(
    ("status", "body", "content_type"),
    [
        (400, b"", None),
        (400, b'{"title":"Tea"', "application/json"),
        (400, b"x", "multipart/form-data"),
        (400, PART, FORM),
        (413, b" " * (16 * 2**20 + 1), "application/json"),
        (413, PART * 65 + b"--edge--\r\n", FORM),
        (413, PART[:-2] + b" " * 2**20, FORM),
        (415, b"x", "text/plain"),
    ],
)
async def test_a_clients_mistake_is_answered_as_the_page_says(
    status: int, body: bytes, content_type: str | None
) -> None:
    app = App()
    app.add_route("/", Media())
    async with ASGIConductor(app) as conductor:
        result = await conductor.simulate_post("/", body=body, content_type=content_type)
    media: Any = result.json
    assert result.status_code == status
    assert_quoted("uploads.md", media["description"])
