"""A multipart form, part by part: what is given, and what is passed over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import anyio
import pytest

import anyws
from anyws.errors import (
    MediaNotFoundError,
    OperationNotAllowed,
)
from anyws.media import MultipartForm, MultipartFormHandler
from anyws.testing import ASGIConductor, wait_all_tasks_blocked
from tests.media.forms import CONTENT_TYPE, FORM, Field, Pieces, encode_form, open_form

if TYPE_CHECKING:
    from anyws import Request, Response


class Upload:
    """Answers with what the parts of a form are and contain."""

    async def on_post(self, req: Request, resp: Response) -> None:
        form = await req.get_media()
        assert isinstance(form, MultipartForm)
        assert await req.media is form
        resp.media = [[part.name, part.filename, await part.get_text()] async for part in form]


async def post(body: bytes, app: anyws.App | None = None) -> tuple[int, Any]:
    app = anyws.App() if app is None else app
    app.add_route("/", Upload())
    async with ASGIConductor(app) as conductor:
        result = await conductor.simulate_post("/", body=body, content_type=CONTENT_TYPE)
    return result.status_code, result.json


async def test_a_request_gives_its_form_part_by_part() -> None:
    body = encode_form(Field("title", "Ä".encode()), Field("file", b"text", filename="a b.txt"))
    assert await post(body) == (200, [["title", None, "Ä"], ["file", "a b.txt", "text"]])


async def test_a_form_without_parts_has_none() -> None:
    assert await post(b"--simple-boundary--") == (200, [])


async def test_an_empty_body_is_a_400_and_a_broken_one_too() -> None:
    status, body = await post(b"")
    assert (status, body["title"]) == (400, "Empty body")
    status, body = await post(FORM[:-5])
    assert (status, body["title"]) == (400, "Malformed body")


async def test_a_limit_of_the_application_is_a_413() -> None:
    app = anyws.App()
    app.req_options.max_body_size = len(FORM) - 1
    assert (await post(FORM, app))[0] == 413
    app = anyws.App()
    handler = MultipartFormHandler(max_body_part_count=2)
    app.req_options.media_handlers[anyws.MEDIA_MULTIPART] = handler
    assert (await post(FORM, app))[0] == 413


async def test_a_part_that_was_not_read_is_passed_over() -> None:
    form = await open_form(Pieces(FORM, 7))
    assert [part.name async for part in form] == ["a", "b", "c"]


async def test_what_is_left_of_a_part_is_passed_over() -> None:
    form = await open_form(Pieces(FORM, 7))
    taken = [await part.stream.read(2) async for part in form]
    assert taken == [b"fi", b"se", b"th"]


async def test_a_part_that_was_passed_over_says_so_and_does_not_seem_empty() -> None:
    form = await open_form(FORM)
    first = await anext(form)
    second = await anext(form)
    assert await second.get_data() == b"second"
    await anext(form)
    with pytest.raises(OperationNotAllowed, match="this part was passed over: read it before"):
        await first.get_data()
    assert await second.get_data() == b"second"
    assert await second.stream.read() == b""


async def test_parts_are_given_before_the_body_has_arrived() -> None:
    pieces = Pieces(FORM, 8)
    form = await open_form(pieces)
    assert await (await anext(form)).get_data() == b"first"
    assert pieces.left > len(FORM) // 2


async def test_everything_after_the_last_boundary_is_read_and_dropped() -> None:
    pieces = Pieces(FORM + b"epilogue" * 100, 16)
    form = await open_form(pieces)
    assert len([part async for part in form]) == 3
    assert pieces.left == 0
    with pytest.raises(StopAsyncIteration):
        await anext(form)


async def test_a_body_that_can_only_be_read_is_enough() -> None:
    class Body:
        left = FORM

        async def read(self, size: int = -1, /) -> bytes:
            assert size > 0
            taken, self.left = self.left[:10], self.left[10:]
            return taken

    form = await MultipartFormHandler().deserialize_async(Body(), CONTENT_TYPE, None)
    assert [await part.get_data() async for part in form] == [b"first", b"second", b"third"]


@pytest.mark.parametrize("content_type", ['multipart/form-data; BOUNDARY="{}"', "x/y;boundary={}"])
@pytest.mark.parametrize("boundary", ["x", "x" * 70, "----WebKitFormBoundary7MA4YWxkTrZu0gW"])
async def test_a_boundary_may_be_any_that_clients_make(content_type: str, boundary: str) -> None:
    pieces = Pieces(encode_form(Field("a", b"first"), boundary=boundary))
    content_type = content_type.format(boundary)
    form = await MultipartFormHandler().deserialize_async(pieces, content_type, None)
    assert [part.name async for part in form] == ["a"]


async def test_an_empty_body_is_known_by_its_length() -> None:
    with pytest.raises(MediaNotFoundError):
        await MultipartFormHandler().deserialize_async(Pieces(b""), CONTENT_TYPE, 0)


async def test_a_cancelled_read_loses_nothing() -> None:
    outlet, inlet = anyio.create_memory_object_stream[bytes](1)

    class Body:
        def __aiter__(self) -> Body:
            return self

        async def __anext__(self) -> bytes:
            return await inlet.receive()

        async def read(self, size: int = -1, /) -> bytes:
            raise AssertionError("a form is read as it arrives")

    form = await MultipartFormHandler().deserialize_async(Body(), CONTENT_TYPE, None)
    async with outlet, inlet:
        middle = FORM.index(b"first") + 2
        await outlet.send(FORM[:middle])
        part = await anext(form)
        for method in (part.stream.readall, part.get_data):
            async with anyio.create_task_group() as group:
                group.start_soon(method)
                await wait_all_tasks_blocked()
                group.cancel_scope.cancel()
        await outlet.send(FORM[middle:])
        assert await part.get_data() == b"first"


async def test_a_form_cannot_be_sent() -> None:
    with pytest.raises(NotImplementedError, match="MultipartFormHandler has no serialize"):
        await MultipartFormHandler().serialize_async({}, CONTENT_TYPE)
