"""What is no multipart form, or ends before its end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import anyws
from anyws.errors import ClientDisconnected, MultipartParseError
from anyws.media import MultipartForm, MultipartFormHandler
from tests.media.forms import CONTENT_TYPE, FORM, Field, Pieces, encode_form, open_form

if TYPE_CHECKING:
    from anyws import Request, Response


@pytest.mark.parametrize(
    "content_type",
    [
        None,
        "multipart/form-data",
        "multipart/form-data; boundary=",
        'multipart/form-data; boundary=""',
        f"multipart/form-data; boundary={'x' * 71}",
        'multipart/form-data; boundary="a "',
        'multipart/form-data; boundary="ä"',
    ],
)
async def test_without_a_boundary_there_is_no_form(content_type: str | None) -> None:
    with pytest.raises(MultipartParseError, match="must have a boundary"):
        await MultipartFormHandler().deserialize_async(Pieces(FORM), content_type, None)


@pytest.mark.parametrize(
    "head",
    [
        b"Content-Disposition: attachment; name=a",
        b"Content-Type: text/plain",
        b'Content-Disposition: form-data; name="a"\nX-Other: b',
        b'Content-Disposition: form-data; name="a\x1bb"',
        b'Content-Disposition: form-data; name="\xff"',
        b"no colon",
    ],
)
async def test_a_part_with_a_bad_head_is_an_error_after_the_parts_before_it(head: bytes) -> None:
    body = encode_form(Field("a", b"first"))[: -len("--\r\n")] + b"\r\n" + head + b"\r\n\r\nx"
    form = await open_form(body)
    assert await (await anext(form)).get_data() == b"first"
    for _ in range(2):
        with pytest.raises(MultipartParseError, match="The form is malformed"):
            await anext(form)


async def test_what_is_wrong_with_a_form_is_said_without_an_exception_of_python() -> None:
    body = encode_form(Field("a", b"")).replace(b'"a"', b'"\xff"')
    with pytest.raises(MultipartParseError) as caught:
        await anext(await open_form(body))
    assert caught.value.description == "The form is malformed: Segment header failed to decode."


async def test_a_part_that_is_cut_off_is_an_error_of_its_reading() -> None:
    form = await open_form(Pieces(FORM[: FORM.index(b"first") + 2], 10))
    part = await anext(form)
    for _ in range(2):
        with pytest.raises(MultipartParseError, match="The form is malformed: Unexpected end"):
            await part.get_data()
    with pytest.raises(MultipartParseError):
        await anext(form)


async def test_better_a_client_that_leaves_in_the_middle_of_a_form_is_an_error() -> None:
    seen: list[Any] = []

    class Reader:
        async def on_post(self, req: Request, resp: Response) -> None:
            form = await req.get_media()
            assert isinstance(form, MultipartForm)
            try:
                seen.extend([part.name async for part in form])
            except ClientDisconnected as error:
                seen.append(error)

    events = [{"type": "http.request", "body": FORM[:70], "more_body": True}]

    async def receive() -> dict[str, Any]:
        return events.pop(0) if events else {"type": "http.disconnect"}

    async def send(event: Any) -> None:
        pass

    app = anyws.App()
    app.add_route("/", Reader())
    headers = [(b"content-type", CONTENT_TYPE.encode())]
    await app({"type": "http", "method": "POST", "path": "/", "headers": headers}, receive, send)
    assert [type(item) for item in seen] == [ClientDisconnected]
