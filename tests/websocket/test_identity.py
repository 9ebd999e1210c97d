"""What a WebSocket is to a program, beside a connection."""

from __future__ import annotations

import gc
import weakref

import anyio
import pytest
from anyio.lowlevel import checkpoint

from anyws import Request, Response, WebSocket
from tests.websocket.scripted import ScriptedServer, app_with


async def test_a_websocket_is_hashable_by_identity_and_can_be_referenced_weakly() -> None:
    references: list[weakref.ref[WebSocket]] = []

    async def respond(req: Request, ws: WebSocket) -> None:
        references.append(weakref.ref(ws))
        assert {ws: 1}[ws] == 1
        assert ws != object()

    app = app_with(respond)
    for _ in range(2):
        async with ScriptedServer(app) as server:
            pass
        assert server.close_event["code"] == 1000
    del server
    gc.collect()
    assert [reference() for reference in references] == [None, None]


async def test_a_websocket_shares_the_context_and_the_headers_of_its_request() -> None:
    async def respond(req: Request, ws: WebSocket) -> None:
        assert ws.context is req.context
        assert dict(ws.headers) == dict(req.headers) == {"x-one": "1"}

    server = ScriptedServer(app_with(respond), headers=[(b"x-one", b"1")])
    async with server:
        pass
    assert server.close_event["code"] == 1000


@pytest.mark.parametrize("end", ["it returns", "it is left", "it fails", "it times out"])
async def test_a_websocket_and_its_request_are_freed_without_a_collection(end: str) -> None:
    references: list[weakref.ref[object]] = []

    async def respond(req: Request, ws: WebSocket) -> None:
        if end == "it times out":
            with anyio.fail_after(0):
                await anyio.sleep_forever()
        await ws.accept()
        references.extend([weakref.ref(ws), weakref.ref(req)])
        await ws.receive_text()
        if end == "it fails":
            raise LookupError

    async def handle(
        req: Request, resp: Response | None, error: Exception, params: object, ws: WebSocket
    ) -> None:
        references.extend([weakref.ref(ws), weakref.ref(req)])

    app = app_with(respond)
    app.add_error_handler((LookupError, TimeoutError), handle)
    gc.collect()
    gc.disable()
    try:
        async with ScriptedServer(app) as server:
            if end == "it is left":
                server.push_disconnect()
            server.push_text("x")
        await checkpoint()
        assert references
        assert not any(reference() for reference in references)
    finally:
        gc.enable()
