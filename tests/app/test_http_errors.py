"""What an exception of a request becomes, and what the client gets to see of it."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import anyio
import pytest

import anyws
from anyws.testing import ASGIConductor

if TYPE_CHECKING:
    from anyws import Request, Response
    from anyws.testing import Result

Respond = Callable[["Request", "Response"], Awaitable[None]]


class Thing:
    def __init__(self, respond: Respond) -> None:
        self._respond = respond

    async def on_get(self, req: Request, resp: Response) -> None:
        await self._respond(req, resp)


def raising(error: Exception) -> Respond:
    async def respond(req: Request, resp: Response) -> None:
        raise error

    return respond


async def get(respond: Respond, app: anyws.App | None = None, **headers: str) -> Result:
    app = anyws.App() if app is None else app
    app.add_route("/", Thing(respond))
    async with ASGIConductor(app, headers=headers) as conductor:
        return await conductor.simulate_get("/")


async def test_an_http_error_is_a_status_with_a_json_body_and_its_headers() -> None:
    error = anyws.HTTPForbidden(
        title="No", description="Not you", code=7, headers=[("x-a", "1"), ("x-a", "2")]
    )
    result = await get(raising(error))
    assert result.status_code == 403
    assert result.json == {"title": "No", "description": "Not you", "code": 7}
    assert result.headers["content-type"] == "application/json"
    assert result.headers["x-a"] == "1, 2"


@pytest.mark.parametrize("accept", ["text/html", "image/png", "application/xml;q=0.5", ""])
async def test_better_an_error_has_a_body_whatever_the_client_accepts(accept: str) -> None:
    result = await get(raising(anyws.HTTPNotFound()), accept=accept)
    assert result.json == {"title": "404 Not Found"}


async def test_an_error_is_in_another_registered_media_type_if_the_client_prefers_it() -> None:
    result = await get(raising(anyws.HTTPNotFound()), accept="application/msgpack")
    assert result.headers["content-type"] == "application/msgpack"
    assert result.headers["vary"] == "Accept"
    assert result.content == b"\x81\xa5title\xad404 Not Found"


async def test_an_http_status_ends_the_request_with_its_text_and_headers() -> None:
    result = await get(raising(anyws.HTTPStatus(202, {"x-a": "b"}, "later")))
    assert (result.status_code, result.text, result.headers["x-a"]) == (202, "later", "b")


async def test_a_redirect_says_where_to_go() -> None:
    result = await get(raising(anyws.HTTPSeeOther("/there")))
    assert (result.status_code, result.headers["location"]) == (303, "/there")


async def test_any_other_exception_is_logged_and_the_client_learns_nothing_of_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    result = await get(raising(ValueError("a secret")))
    assert result.json == {"title": "500 Internal Server Error"}
    assert "a secret" not in f"{result.text}{dict(result.headers)}"
    [record] = [record for record in caplog.records if record.name == "anyws"]
    assert record.levelno == logging.ERROR
    assert record.exc_info is not None
    assert "a secret" in caplog.text


async def test_better_a_group_is_unwrapped_before_a_handler_is_looked_for() -> None:
    async def respond(req: Request, resp: Response) -> None:
        async def fail() -> None:
            raise anyws.HTTPConflict

        async with anyio.create_task_group() as group:
            group.start_soon(fail)
            group.start_soon(fail)

    assert (await get(respond)).status_code == 409


async def test_several_kinds_of_errors_at_once_are_a_500_and_all_are_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    result = await get(raising(ExceptionGroup("", [anyws.HTTPConflict(), ValueError("deep")])))
    assert result.status_code == 500
    assert "ValueError: deep" in caplog.text
    assert "HTTPConflict" in caplog.text


async def test_better_an_error_replaces_the_body_and_closes_its_stream() -> None:
    closed = []

    class Source:
        async def read(self, size: int, /) -> bytes:
            raise AssertionError("an error response has no stream")

        async def aclose(self) -> None:
            closed.append("stream")

    async def respond(req: Request, resp: Response) -> None:
        resp.text, resp.data, resp.media = "text", b"data", {"media": True}
        resp.content_type = "text/plain"
        resp.etag = "abc"
        resp.set_stream(Source(), 10)
        raise anyws.HTTPGone

    result = await get(respond)
    assert result.json == {"title": "410 Gone"}
    assert "etag" not in result.headers
    assert closed == ["stream"]


async def test_a_status_that_is_raised_replaces_the_body_as_an_error_does() -> None:
    async def respond(req: Request, resp: Response) -> None:
        resp.text, resp.media, resp.content_type = "text", {"media": True}, "text/plain"
        raise anyws.HTTPStatus(202)

    result = await get(respond)
    assert (result.status_code, result.content) == (202, b"")
    assert "content-type" not in result.headers


@pytest.mark.parametrize("look", ["params", "query_string", "uri"])
async def test_better_a_raw_byte_in_the_query_string_is_a_400_for_whoever_looks(
    look: str,
) -> None:
    async def respond(req: Request, resp: Response) -> None:
        resp.media = str(getattr(req, look))

    app = anyws.App()
    app.add_route("/", Thing(respond))
    async with ASGIConductor(app) as conductor:
        result = await conductor.simulate_get("/", query_string=b"a=\xff")
    assert result.status_code == 400
    assert result.json == {
        "title": "Invalid query string",
        "description": "The query string is not encoded in UTF-8.",
    }


async def test_a_body_that_cannot_be_written_is_a_500() -> None:
    async def respond(req: Request, resp: Response) -> None:
        resp.media = object()

    assert (await get(respond)).json == {"title": "500 Internal Server Error"}


async def test_a_handler_shapes_the_response_and_may_raise_an_http_error() -> None:
    async def handle(
        req: Request, resp: Response | None, ex: Exception, params: dict[str, object]
    ) -> None:
        assert resp is not None
        resp.set_header("x-handled", "yes")
        raise anyws.HTTPTooManyRequests(retry_after=3)

    app = anyws.App()
    app.add_error_handler((KeyError, IndexError), handle)
    result = await get(raising(KeyError("x")), app)
    assert (result.status_code, result.headers["retry-after"]) == (429, "3")
    assert result.headers["x-handled"] == "yes"


async def test_a_handler_that_fails_is_a_500_and_its_error_is_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def handle(
        req: Request, resp: Response | None, ex: Exception, params: dict[str, object]
    ) -> None:
        raise RuntimeError("the handler's own")

    app = anyws.App()
    app.add_error_handler(KeyError, handle)
    assert (await get(raising(KeyError("x")), app)).status_code == 500
    assert "the handler's own" in caplog.text


@pytest.mark.parametrize("coroutine", [False, True])
async def test_a_serializer_of_the_programs_own_writes_the_body(*, coroutine: bool) -> None:
    def write(req: Request, resp: Response, error: anyws.HTTPError) -> None:
        resp.text = f"oh no: {error.status_code}"

    async def write_later(req: Request, resp: Response, error: anyws.HTTPError) -> None:
        write(req, resp, error)

    app = anyws.App()
    app.set_error_serializer(write_later if coroutine else write)
    assert (await get(raising(anyws.HTTPGone()), app)).text == "oh no: 410"


def test_a_serializer_that_is_no_function_is_refused() -> None:
    with pytest.raises(TypeError, match="an error serializer is a function, not 'json'"):
        anyws.App().set_error_serializer("json")  # type: ignore[arg-type]  # the mistake


def test_a_serializer_that_does_not_take_what_it_is_called_with_is_refused() -> None:
    def write(req: Request, resp: Response) -> None: ...

    async def write_later(req: Request, resp: Response, error: object, charset: str) -> None: ...

    for serializer, taken in (
        (write, "(req, resp)"),
        (write_later, "(req, resp, error, charset)"),
    ):
        with pytest.raises(TypeError, match=r"called with \(req, resp, error\)$") as caught:
            anyws.App().set_error_serializer(serializer)  # type: ignore[arg-type]  # the mistake
        assert f"takes {taken}" in str(caught.value)


@pytest.mark.parametrize("swapped", [(404, "h"), ("h", ValueError), ([ValueError, 404], "h")])
def test_a_status_or_a_function_in_place_of_a_class_is_refused_with_the_remedy(
    swapped: Any,
) -> None:
    async def handle(req: Request, resp: Response, ex: Exception, params: object) -> None: ...

    arguments: list[Any] = [handle if argument == "h" else argument for argument in swapped]
    with pytest.raises(TypeError, match=r"add_error_handler\(anyws\.HTTPNotFound, handler\)$"):
        anyws.App().add_error_handler(*arguments)
