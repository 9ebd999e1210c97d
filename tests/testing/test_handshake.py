"""The entry into a simulated WebSocket: the scope, accept and denial."""

from __future__ import annotations

import types
from collections.abc import AsyncIterator, Generator
from typing import TYPE_CHECKING

import anyio
import pytest

from anyws.errors.usage import OperationNotAllowed
from anyws.errors.websocket import (
    WebSocketDisconnected,
    WebSocketHandlerNotFound,
    WebSocketPathNotFound,
    WebSocketServerError,
)
from anyws.testing import ASGIConductor, wait_all_tasks_blocked
from tests.testing import apps

if TYPE_CHECKING:
    from anyws._asgi.types import ASGIApp, Event, Receive, Scope, Send


class Recorder:
    """An application that keeps the scopes of its connections, and echoes."""

    def __init__(self) -> None:
        self.scopes: list[Scope] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            self.scopes.append(scope)
        await apps.echo(scope, receive, send)


async def test_the_arguments_of_a_connection_are_in_its_scope() -> None:
    app = Recorder()
    async with (
        ASGIConductor(app) as conductor,
        conductor.simulate_ws(
            "/chat%20room",
            params={"a": 1},
            headers=[("X-A", "1"), ("x-a", "2")],
            cookies={"c": "d"},
            subprotocols=["v1"],
            host="example.org:81",
            scheme="wss",
            remote_addr="192.0.2.1",
            root_path="/api",
        ),
    ):
        pass
    (scope,) = app.scopes
    assert scope["path"] == "/chat room"
    assert scope["query_string"] == b"a=1"
    assert scope["subprotocols"] == ["v1"]
    assert scope["asgi"]["spec_version"] == "2.3"
    assert scope["scheme"] == "wss"
    assert scope["root_path"] == "/api"
    assert scope["client"][0] == "192.0.2.1"
    assert scope["server"] == ["example.org", 81]
    names = [name for name, _ in scope["headers"]]
    assert names.count(b"x-a") == 2
    assert (b"cookie", b"c=d") in scope["headers"]


async def test_a_query_in_the_path_is_the_query_string() -> None:
    app = Recorder()
    async with ASGIConductor(app) as conductor, conductor.simulate_ws("/chat?a=1&b=%20"):
        pass
    assert app.scopes[0]["path"] == "/chat"
    assert app.scopes[0]["query_string"] == b"a=1&b=%20"


async def test_default_headers_go_with_every_handshake() -> None:
    app = Recorder()
    async with (
        ASGIConductor(app, headers={"X-Token": "t", "X-Kind": "k"}) as conductor,
        conductor.simulate_ws(headers={"x-kind": "other"}),
    ):
        pass
    headers = app.scopes[0]["headers"]
    assert (b"x-token", b"t") in headers
    assert (b"x-kind", b"other") in headers
    assert (b"x-kind", b"k") not in headers


async def test_what_the_application_accepts_with_is_seen_by_the_client() -> None:
    async def accept(scope: Scope, receive: Receive, send: Send) -> None:
        await apps.accept(receive, send, subprotocol="v2", headers=[(b"x-a", b"1")])
        await apps.until_left(scope, receive, send)

    async with (
        ASGIConductor(apps.app_of(accept)) as conductor,
        conductor.simulate_ws(subprotocols=["v1", "v2"]) as ws,
    ):
        assert ws.ready
        assert not ws.closed
        assert ws.close_code is None
        assert ws.close_reason is None
        assert ws.subprotocol == "v2"
        assert dict(ws.headers) == {"x-a": "1"}
        await ws.wait_ready()


async def test_accept_headers_do_not_exist_before_version_2_1() -> None:
    async def accept(scope: Scope, receive: Receive, send: Send) -> None:
        await apps.accept(receive, send, headers=[(b"x-a", b"1")])
        await apps.until_left(scope, receive, send)

    async with (
        ASGIConductor(apps.app_of(accept)) as conductor,
        conductor.simulate_ws(spec_version="2.0") as ws,
    ):
        assert ws.subprotocol is None
        assert len(ws.headers) == 0


@pytest.mark.parametrize(
    ("code", "seen", "kind"),
    [
        (3404, 3404, WebSocketPathNotFound),
        (3405, 3405, WebSocketHandlerNotFound),
        (1011, 1011, WebSocketServerError),
        (3401, 3401, WebSocketDisconnected),
        (1000, 3403, WebSocketDisconnected),
        (4000, 3403, WebSocketDisconnected),
    ],
)
async def test_a_denial_has_its_own_exception_and_code(
    code: int, seen: int, kind: type[WebSocketDisconnected]
) -> None:
    async with ASGIConductor(apps.denier(code)) as conductor:
        ws = conductor.simulate_ws()
        with pytest.raises(WebSocketDisconnected) as caught:
            async with ws:
                pytest.fail("the body must not run")
    assert type(caught.value) is kind
    assert caught.value.code == seen
    assert getattr(caught.value, "response", 0) is None
    assert ws.closed
    assert not ws.ready
    assert ws.close_code == seen


def responding(status: int) -> ASGIApp:
    """An application that denies with a response in two parts."""

    async def deny(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        kind = "websocket.http.response"
        headers = [(b"x-why", b"no token")]
        await send({"type": f"{kind}.start", "status": status, "headers": headers})
        await send({"type": f"{kind}.body", "body": b"who ", "more_body": True})
        await send({"type": f"{kind}.body", "body": b"are you?"})

    return apps.app_of(deny)


@pytest.mark.parametrize(
    ("status", "kind"), [(401, WebSocketDisconnected), (404, WebSocketPathNotFound)]
)
async def test_a_denial_response_is_on_the_exception(
    status: int, kind: type[WebSocketDisconnected]
) -> None:
    async with ASGIConductor(responding(status)) as conductor:
        with pytest.raises(kind) as caught:
            async with conductor.simulate_ws():
                pytest.fail("the body must not run")
    assert caught.value.code == 3000 + status
    response = caught.value.response
    assert response is not None
    assert response.status_code == status
    assert response.headers["x-why"] == "no token"
    assert response.text == "who are you?"


async def test_an_exception_in_the_handshake_comes_out_bare() -> None:
    boom = ValueError("boom")

    async def crash(scope: Scope, receive: Receive, send: Send) -> None:
        async with anyio.create_task_group():
            raise boom

    async with ASGIConductor(apps.app_of(crash)) as conductor:
        with pytest.raises(ValueError, match="boom") as caught:
            async with conductor.simulate_ws():
                pytest.fail("the body must not run")
    assert caught.value is boom


async def test_an_exception_after_a_denial_comes_out_in_its_place() -> None:
    async def deny(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "websocket.close", "code": 1011})
        await anyio.lowlevel.checkpoint()
        raise ValueError("boom")

    async with ASGIConductor(apps.app_of(deny)) as conductor:
        with pytest.raises(ValueError, match="boom"):
            async with conductor.simulate_ws():
                pytest.fail("the body must not run")


@pytest.mark.anyws_clock("virtual")
async def test_an_application_that_does_not_answer_is_named_with_the_line_where_it_waits() -> None:
    async with ASGIConductor(apps.app_of(silent)) as conductor:
        with pytest.raises(TimeoutError) as caught:
            async with conductor.simulate_ws(timeout=10):
                pytest.fail("the body must not run")
    message = str(caught.value)
    assert "neither accepted nor denied the handshake within 10 seconds" in message
    assert "it last received websocket.connect and last sent nothing" in message
    assert f'File "{__file__}"' in message
    places = [message.index(f"in {name}") for name in ("silent", "numbers", "by_hand", "deepest")]
    assert places == sorted(places)


async def silent(scope: Scope, receive: Receive, send: Send) -> None:
    """Read the handshake, and wait behind all that a coroutine can hide behind."""
    await receive()
    async for _ in numbers():
        pytest.fail("there are none")


async def numbers() -> AsyncIterator[int]:
    """Wait before the first number."""
    await by_hand()
    yield 1


@types.coroutine
def by_hand() -> Generator[object, object, None]:
    """Drive a coroutine through the wrapper that its `__await__` gives."""
    yield from deepest().__await__()


async def deepest() -> None:
    """Wait for ever."""
    await anyio.sleep_forever()


@pytest.mark.anyws_clock("virtual")
async def test_an_application_that_did_not_answer_in_time_is_cancelled() -> None:
    cancelled = anyio.Event()

    async def wait(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await anyio.sleep_forever()
        finally:
            cancelled.set()

    async with ASGIConductor(apps.app_of(wait)) as conductor:
        with pytest.raises(TimeoutError, match="it last received nothing"):
            async with conductor.simulate_ws(timeout=10):
                pytest.fail("the body must not run")
        await cancelled.wait()


async def test_nothing_but_a_drop_is_allowed_before_the_answer() -> None:
    async with ASGIConductor(apps.app_of(silent)) as conductor:
        ws = conductor.simulate_ws()
        with pytest.raises(OperationNotAllowed, match="has not accepted"):
            await ws.send_text("early")
        with pytest.raises(OperationNotAllowed, match="has not accepted"):
            await ws.receive_text()
        with pytest.raises(OperationNotAllowed, match="has not accepted"):
            await ws.close()
        assert not ws.ready
        assert not ws.closed


async def test_a_connection_is_entered_once() -> None:
    async with ASGIConductor(apps.echo) as conductor, conductor.simulate_ws() as ws:
        with pytest.raises(RuntimeError, match="entered once"):
            await ws.__aenter__()
        await ws.send_text("still open")
        assert await ws.receive_text() == "still open"


async def test_a_client_that_vanishes_in_the_handshake_is_told_to_the_application() -> None:
    told: list[object] = []

    async def slow(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        told.append(await receive())
        # On a server of this version it goes nowhere, and is no error.
        await send({"type": "websocket.accept"})

    async with ASGIConductor(apps.app_of(slow)) as conductor:
        ws = conductor.simulate_ws()

        async def connect() -> None:
            with pytest.raises(WebSocketDisconnected) as caught:
                async with ws:
                    pytest.fail("the body must not run")
            assert caught.value.code == 1006

        async with anyio.create_task_group() as group:
            group.start_soon(connect)
            await wait_all_tasks_blocked()
            ws.drop()
    assert told == [{"type": "websocket.disconnect", "code": 1006}]
    assert ws.close_code == 1006


async def test_a_cancelled_entry_cancels_the_application() -> None:
    async with ASGIConductor(apps.app_of(silent)) as conductor:
        with anyio.CancelScope() as scope:
            async with anyio.create_task_group() as group:
                group.start_soon(conductor.simulate_ws().__aenter__)
                await wait_all_tasks_blocked()
                scope.cancel()


@pytest.mark.parametrize(
    ("answers", "code"),
    [
        ([{"type": "websocket.close", "code": 3401}], 3401),
        ([{"type": "websocket.close"}], 1000),
        (
            [
                {"type": "websocket.http.response.start", "status": 401},
                {"type": "websocket.http.response.body"},
            ],
            1006,
        ),
    ],
)
async def test_a_denial_is_the_last_thing_that_the_application_reads(
    answers: list[Event], code: int
) -> None:
    told: list[Event] = []

    async def deny(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        for answer in answers:
            await send(answer)
        told.append(await receive())

    async with ASGIConductor(apps.app_of(deny)) as conductor:
        with pytest.raises(WebSocketDisconnected):
            async with conductor.simulate_ws():
                pytest.fail("the body must not run")
    assert told == [{"type": "websocket.disconnect", "code": code}]
