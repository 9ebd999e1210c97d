"""Simulated HTTP requests."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import anyio
import pytest

from anyws.testing import ASGIConductor, IllegalEvent, wait_all_tasks_blocked
from tests.testing import apps

if TYPE_CHECKING:
    from collections.abc import Mapping

    from anyws._asgi.types import ASGIApp, Event, Receive, Scope, Send

OK: dict[str, object] = {"type": "http.response.start", "status": 200, "headers": []}
DONE: dict[str, object] = {"type": "http.response.body", "body": b"done"}


class Mirror:
    """An application that answers with what it was asked, and keeps the scope."""

    def __init__(self) -> None:
        self.scope: Mapping[str, object] = {}
        self.chunks: list[int] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            return
        self.scope = dict(scope)
        body = b""
        more = True
        while more:
            event = await receive()
            body += event["body"]
            self.chunks.append(len(event["body"]))
            more = event["more_body"]
        answer = {
            "method": scope["method"],
            "path": scope["path"],
            "query": scope["query_string"].decode(),
            "headers": {name.decode(): value.decode() for name, value in scope["headers"]},
            "body": body.decode(),
        }
        headers = [(b"content-type", b"application/json"), (b"set-cookie", b"seen=yes")]
        await send({"type": "http.response.start", "status": 202, "headers": headers})
        await send({"type": "http.response.body", "body": json.dumps(answer).encode()})


async def test_a_result_has_everything_of_the_response() -> None:
    async with ASGIConductor(Mirror()) as conductor:
        result = await conductor.simulate_request("PATCH", "/a?b=1", body="hi")
    assert result.status == "202 Accepted"
    assert result.status_code == 202
    assert result.headers["Content-Type"] == "application/json"
    assert result.cookies["seen"].value == "yes"
    assert result.content == result.text.encode()
    assert result.json == {
        "method": "PATCH",
        "path": "/a",
        "query": "b=1",
        "headers": {"host": "localhost", "content-length": "2"},
        "body": "hi",
    }


async def test_every_argument_is_in_the_scope() -> None:
    app = Mirror()
    async with ASGIConductor(app, headers={"X-Default": "1"}) as conductor:
        await conductor.simulate_get(
            "/",
            query_string="a=1",
            headers={"X-A": "1"},
            cookies={"c": "d"},
            content_type="text/plain",
            host="example.org:81",
            scheme="https",
            remote_addr="192.0.2.1",
        )
    assert app.scope["query_string"] == b"a=1"
    assert app.scope["scheme"] == "https"
    assert app.scope["client"] == ["192.0.2.1", 49152]
    assert app.scope["server"] == ["example.org", 81]
    assert app.scope["headers"] == [
        (b"host", b"example.org:81"),
        (b"x-default", b"1"),
        (b"content-type", b"text/plain"),
        (b"x-a", b"1"),
        (b"cookie", b"c=d"),
    ]


async def test_params_are_the_query() -> None:
    app = Mirror()
    async with ASGIConductor(app) as conductor:
        await conductor.simulate_get("/", params={"a": [1, 2]})
    assert app.scope["query_string"] == b"a=1&a=2"


@pytest.mark.parametrize("method", ["get", "head", "post", "put", "patch", "delete", "options"])
async def test_each_method_has_its_own_call(method: str) -> None:
    app = Mirror()
    async with ASGIConductor(app) as conductor:
        await getattr(conductor, f"simulate_{method}")("/path")
    assert app.scope["method"] == method.upper()
    assert app.scope["path"] == "/path"


async def test_json_is_encoded_and_said_to_be_json() -> None:
    async with ASGIConductor(Mirror()) as conductor:
        medias: list[object] = [{"a": "ä"}, [], 0, False, None]
        for media in medias:
            result = await conductor.simulate_post("/", json=media)
            asked = json.loads(result.text)
            assert json.loads(asked["body"]) == media
            assert asked["headers"]["content-type"] == "application/json"
            assert asked["headers"]["content-length"] == str(len(asked["body"].encode()))


async def test_the_content_type_of_json_may_be_another() -> None:
    app = Mirror()
    async with ASGIConductor(app) as conductor:
        await conductor.simulate_post("/", json={}, content_type="application/problem+json")
        assert (b"content-type", b"application/problem+json") in _headers(app)
        await conductor.simulate_post("/", json={}, headers={"Content-Type": "text/x"})
        assert [value for name, value in _headers(app) if name == b"content-type"] == [b"text/x"]


def _headers(app: Mirror) -> list[tuple[bytes, bytes]]:
    headers = app.scope["headers"]
    assert isinstance(headers, list)
    return headers


async def test_a_request_has_one_body() -> None:
    async with ASGIConductor(Mirror()) as conductor:
        with pytest.raises(ValueError, match="one body"):
            await conductor.simulate_post("/", body=b"", json={})


async def test_an_empty_body_is_a_body_with_a_length() -> None:
    app = Mirror()
    async with ASGIConductor(app) as conductor:
        await conductor.simulate_post("/", body=b"")
        assert (b"content-length", b"0") in _headers(app)
        await conductor.simulate_post("/")
        assert b"content-length" not in dict(_headers(app))


async def test_a_large_body_comes_in_pieces_as_from_a_socket() -> None:
    app = Mirror()
    async with ASGIConductor(app) as conductor:
        await conductor.simulate_post("/", body=b"x" * 150_000)
    assert app.chunks == [65_536, 65_536, 18_928]


async def test_a_streamed_response_is_put_together() -> None:
    async def stream(scope: Scope, receive: Receive, send: Send) -> None:
        await send(OK)
        for part in (b"one ", b"two "):
            await send({"type": "http.response.body", "body": part, "more_body": True})
        await send(DONE)

    async with ASGIConductor(apps.app_of(stream)) as conductor:
        assert (await conductor.simulate_get()).text == "one two done"


async def test_a_disconnect_is_received_once_the_response_is_complete() -> None:
    told: list[Event] = []

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        async def watch() -> None:
            told.append(await receive())

        assert (await receive())["type"] == "http.request"
        async with anyio.create_task_group() as group:
            group.start_soon(watch)
            await send(OK)
            await wait_all_tasks_blocked()
            assert told == []
            await send(DONE)
        told.append(await receive())

    async with ASGIConductor(apps.app_of(answer)) as conductor:
        assert (await conductor.simulate_get()).text == "done"
    assert told == [{"type": "http.disconnect"}] * 2


async def test_requests_run_beside_open_sockets() -> None:
    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await apps.accept(receive, send)
            await posted.wait()
            await send({"type": "websocket.send", "text": "posted"})
            await apps.until_left(scope, receive, send)
            return
        posted.set()
        await send(OK)
        await send(DONE)

    posted = anyio.Event()
    async with ASGIConductor(apps.app_of(answer)) as conductor, conductor.simulate_ws() as ws:
        assert (await conductor.simulate_post()).status_code == 200
        assert await ws.receive_text() == "posted"


async def test_requests_run_beside_each_other() -> None:
    async def meet(scope: Scope, receive: Receive, send: Send) -> None:
        arrived[scope["path"]].set()
        for event in arrived.values():
            await event.wait()
        await send(OK)
        await send(DONE)

    arrived = {"/a": anyio.Event(), "/b": anyio.Event()}
    async with ASGIConductor(apps.app_of(meet)) as conductor, anyio.create_task_group() as group:
        for path in arrived:
            group.start_soon(conductor.simulate_get, path)


async def test_an_exception_of_the_application_comes_out_bare() -> None:
    boom = ValueError("boom")

    async def crash(scope: Scope, receive: Receive, send: Send) -> None:
        async with anyio.create_task_group() as group:
            group.start_soon(fail)

    async def fail() -> None:
        raise boom

    async with ASGIConductor(apps.app_of(crash)) as conductor:
        with pytest.raises(ValueError, match="boom") as caught:
            await conductor.simulate_get()
        assert caught.value is boom


async def test_a_group_of_several_stays_a_group() -> None:
    async def crash(scope: Scope, receive: Receive, send: Send) -> None:
        raise ExceptionGroup("two", [ValueError("a"), KeyError("b")])

    async with ASGIConductor(apps.app_of(crash)) as conductor:
        with pytest.raises(ExceptionGroup, match="two"):
            await conductor.simulate_get()


@pytest.mark.parametrize(
    ("steps", "complaint"),
    [
        ([], "returned before the response had begun"),
        ([OK], "returned before the response was complete"),
        ([OK, DONE | {"more_body": True}], "returned before the response was complete"),
    ],
)
async def test_a_response_that_is_not_complete_when_the_application_returns_is_an_error(
    steps: list[Event], complaint: str
) -> None:
    with pytest.raises(RuntimeError, match=complaint):
        await _get(steps)


@pytest.mark.parametrize(
    ("steps", "complaint"),
    [
        ([DONE], "before the response had begun"),
        ([OK, OK], "before the response was complete"),
        ([OK, DONE, DONE], "after the response was complete"),
        ([OK, {"type": "http.response.push"}], "known here"),
        ([OK | {"headers": [(b"A", b"1")]}], "lower case"),
        ([OK | {"headers": [(b"content-length", b"5")]}, DONE], "declared a Content-Length of 5"),
        ([OK | {"headers": [(b"content-length", b"3")]}, DONE], "declared a Content-Length of 3"),
    ],
)
async def test_an_illegal_event_of_a_response_fails_the_test(
    steps: list[Event], complaint: str
) -> None:
    with pytest.raises(IllegalEvent, match=complaint):
        await _get(steps)


async def test_an_illegal_event_that_the_application_swallowed_fails_the_test() -> None:
    async def swallow(scope: Scope, receive: Receive, send: Send) -> None:
        assert (await receive())["type"] == "http.request"
        with pytest.raises(IllegalEvent):
            await send(DONE)
        # As if the client had left: what waits for that does not wait for ever.
        assert (await receive())["type"] == "http.disconnect"

    async with ASGIConductor(apps.app_of(swallow)) as conductor:
        with pytest.raises(IllegalEvent, match="before the response had begun"):
            await conductor.simulate_get()


@pytest.mark.parametrize(("method", "status"), [("HEAD", 200), ("GET", 304)])
async def test_a_length_may_be_declared_where_there_is_no_body(method: str, status: int) -> None:
    start = OK | {"status": status, "headers": [(b"content-length", b"5")]}
    app = _steps([start, {"type": "http.response.body"}])
    async with ASGIConductor(app) as conductor:
        result = await conductor.simulate_request(method)
    assert result.headers["content-length"] == "5"
    assert result.content == b""


async def test_a_cancelled_request_cancels_the_application() -> None:
    cancelled = anyio.Event()

    async def hang(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await anyio.sleep_forever()
        finally:
            cancelled.set()

    async with ASGIConductor(apps.app_of(hang)) as conductor:
        async with anyio.create_task_group() as group:
            group.start_soon(conductor.simulate_get)
            await wait_all_tasks_blocked()
            group.cancel_scope.cancel()
        await cancelled.wait()


async def _get(steps: list[Event]) -> None:
    async with ASGIConductor(_steps(steps)) as conductor:
        await conductor.simulate_get()


def _steps(steps: list[Event]) -> ASGIApp:
    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        for step in steps:
            await send(step)

    return apps.app_of(answer)


@pytest.mark.parametrize("name", ["data", "files", "auth", "timeouts"])
async def test_an_argument_that_there_is_not_is_a_type_error_that_names_those_that_there_are(
    name: str,
) -> None:
    async with ASGIConductor(Mirror()) as conductor:
        with pytest.raises(TypeError, match=rf"no argument '{name}'; it has query_string, params"):
            await conductor.simulate_post("/", **{name: 1})  # type: ignore[arg-type]  # the mistake


@pytest.mark.parametrize("body", [{"a": 1}, [1], 5])
async def test_a_body_of_another_type_is_a_type_error_with_the_remedy(body: object) -> None:
    async with ASGIConductor(Mirror()) as conductor:
        with pytest.raises(TypeError, match=r"body is a str or bytes, not .*: json= takes what"):
            await conductor.simulate_post("/", body=body)  # type: ignore[arg-type]  # the mistake
