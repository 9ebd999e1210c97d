"""Media handlers that cannot work, and those that are not there."""

from __future__ import annotations

from typing import Any

import pytest

from anyws import Request, WebSocket, WebSocketPayloadType
from anyws.media import BinaryBaseHandlerWS, TextBaseHandlerWS
from tests.websocket.scripted import Event, ScriptedServer, app_with
from tests.websocket.sockets import opened

TEXT = WebSocketPayloadType.TEXT
BINARY = WebSocketPayloadType.BINARY


class Silent(TextBaseHandlerWS):
    """A handler that implements nothing."""


class SilentBinary(BinaryBaseHandlerWS):
    """A handler that implements nothing."""


class Async(TextBaseHandlerWS):
    """A handler whose author took the methods for coroutine functions."""

    async def serialize(self, media: object) -> str:  # type: ignore[override]  # the mistake
        return "never"

    async def deserialize(self, payload: str) -> object:
        return "never"


class AsyncBinary(BinaryBaseHandlerWS):
    """A handler whose author took the methods for coroutine functions."""

    async def serialize(self, media: object) -> bytes:  # type: ignore[override]  # the mistake
        return b"never"

    async def deserialize(self, payload: bytes) -> object:
        return b"never"


def _incoming(payload_type: WebSocketPayloadType) -> Event:
    return {"text": "1"} if payload_type is TEXT else {"bytes": b"\x01"}


@pytest.mark.parametrize(
    ("payload_type", "handler", "error"),
    [
        pytest.param(TEXT, Silent(), NotImplementedError, id="bare TEXT"),
        pytest.param(BINARY, SilentBinary(), NotImplementedError, id="bare BINARY"),
        pytest.param(TEXT, Async(), TypeError, id="async TEXT"),
        pytest.param(BINARY, AsyncBinary(), TypeError, id="async BINARY"),
        pytest.param(TEXT, None, LookupError, id="no TEXT"),
        pytest.param(BINARY, None, LookupError, id="no BINARY"),
    ],
)
async def test_better_a_handler_that_cannot_work_is_an_error_of_each_use_and_of_nothing_else(
    payload_type: WebSocketPayloadType, handler: Any, error: type[Exception]
) -> None:
    handlers = {} if handler is None else {payload_type: handler}
    async with opened(media_handlers=handlers) as (server, ws):
        with pytest.raises(error):
            await ws.send_media({}, payload_type)
        server.push("websocket.receive", **_incoming(payload_type))
        with pytest.raises(error):
            await ws.receive_media()
        await ws.send_text("goes on")
        server.push_text("goes on")
        assert await ws.receive_text() == "goes on"
    assert server.texts() == ["goes on"]


@pytest.mark.parametrize("payload_type", WebSocketPayloadType)
async def test_better_a_missing_handler_goes_to_the_error_handlers_at_its_first_use(
    payload_type: WebSocketPayloadType,
) -> None:
    async def responder(req: Request, ws: WebSocket) -> None:
        await ws.accept()
        await ws.send_text("the handshake needs no handler")
        await ws.send_media({}, payload_type)

    errors: list[Exception] = []

    async def handle(
        req: Request, resp: object, ex: Exception, params: object, ws: WebSocket | None = None
    ) -> None:
        errors.append(ex)

    app = app_with(responder, media_handlers={})
    app.add_error_handler(Exception, handle)
    async with ScriptedServer(app) as server:
        pass
    assert len(errors) == 1
    assert payload_type.name in str(errors[0])
    assert server.kinds() == ["accept", "send", "close"]
    assert server.close_event["code"] == 1011
