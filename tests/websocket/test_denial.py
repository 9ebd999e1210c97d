"""`deny()`: a handshake that is refused with a response, and what `denial_responses` makes of errors."""

from __future__ import annotations

import json
from typing import Any

import pytest

from anyws import (
    App,
    HTTPFound,
    HTTPServiceUnavailable,
    HTTPUnauthorized,
    OperationNotAllowed,
    Request,
    WebSocket,
    WebSocketDisconnected,
)
from tests.websocket.held import Failing, HeldSocket
from tests.websocket.scripted import Event, Route, ScriptedServer, app_with

EXTENSION: dict[str, Any] = {"extensions": {"websocket.http.response": {}}}


def response(server: ScriptedServer) -> tuple[int, dict[str, str], bytes]:
    """Put the response together that the application has sent."""
    start, body = server.sent
    assert start["type"] == "websocket.http.response.start"
    assert (body["type"], body["more_body"]) == ("websocket.http.response.body", False)
    headers = {name.decode(): value.decode() for name, value in start["headers"]}
    return start["status"], headers, body["body"]


async def test_better_a_denial_is_a_response_with_its_length() -> None:
    async with HeldSocket(accept=False, **EXTENSION) as server:
        await server.ws.deny(429, headers={"Retry-After": "7"}, text="später")
        assert response(server) == (
            429,
            {
                "retry-after": "7",
                "content-type": "text/plain; charset=utf-8",
                "content-length": "7",
            },
            "später".encode(),
        )
        assert (server.ws.closed, server.ws.close_code) == (True, 3429)
        assert not server.ws.unaccepted


async def test_media_is_json() -> None:
    async with HeldSocket(accept=False, **EXTENSION) as server:
        await server.ws.deny(403, media={"why": "no"})
        status, headers, body = response(server)
    assert (status, headers["content-type"], body) == (403, "application/json", b'{"why":"no"}')


async def test_a_media_type_of_the_callers_own_stays() -> None:
    async with HeldSocket(accept=False, **EXTENSION) as server:
        await server.ws.deny(403, headers=[("Content-Type", "text/html")], text="<p>No")
        assert response(server)[1]["content-type"] == "text/html"


async def test_a_denial_with_nothing_in_it_has_an_empty_body() -> None:
    async with HeldSocket(accept=False, **EXTENSION) as server:
        await server.ws.deny(404)
        assert response(server) == (404, {"content-length": "0"}, b"")


async def test_better_a_denial_is_a_close_where_the_server_has_no_responses() -> None:
    async with HeldSocket(accept=False) as server:
        await server.ws.deny(401, text="who?")
        assert server.sent == [{"type": "websocket.close", "code": 3401, "reason": "Unauthorized"}]
        assert server.ws.close_code == 3401


@pytest.mark.parametrize(
    ("status", "arguments", "error"),
    [
        (101, {}, ValueError),
        (600, {}, ValueError),
        ("soon", {}, ValueError),
        (403, {"text": "a", "media": {}}, ValueError),
        (403, {"text": b"a"}, TypeError),
        (403, {"headers": {"X\n": "a"}}, ValueError),
        (403, {"headers": {"Sec-WebSocket-Protocol": "a"}}, ValueError),
        (403, {"headers": {"Content-Length": "1"}}, ValueError),
        (403, {"headers": {"X": 1}}, TypeError),
    ],
)
async def test_a_refused_argument_leaves_the_handshake_open(
    status: Any, arguments: dict[str, Any], error: type[Exception]
) -> None:
    async with HeldSocket(accept=False, **EXTENSION) as server:
        with pytest.raises(error):
            await server.ws.deny(status, **arguments)
        assert server.ws.unaccepted
        await server.ws.accept()
    assert server.kinds() == ["accept", "close"]


async def test_what_was_accepted_or_denied_can_not_be_denied() -> None:
    async with HeldSocket(**EXTENSION) as server:
        with pytest.raises(OperationNotAllowed, match=r"accepted already: deny\(\) refuses"):
            await server.ws.deny(403)
    async with HeldSocket(accept=False, **EXTENSION) as server:
        await server.ws.deny(403)
        with pytest.raises(OperationNotAllowed, match="closed already"):
            await server.ws.deny(403)
        with pytest.raises(OperationNotAllowed, match="closed already"):
            await server.ws.accept()


async def test_a_denial_that_the_server_does_not_take_because_the_client_left_is_no_error() -> (
    None
):
    async with HeldSocket(accept=False, **EXTENSION) as server:
        server.on_send = Failing("http.response.start", ConnectionResetError())
        await server.ws.deny(403)
        assert server.ws.closed
        with pytest.raises(WebSocketDisconnected):
            await server.ws.send_text("x")


async def raise_unauthorized(req: Request, ws: WebSocket) -> None:
    raise HTTPUnauthorized(title="Who are you?", challenges=["Bearer"])


async def test_better_an_error_before_accept_is_its_response_where_that_is_asked_for() -> None:
    app = app_with(raise_unauthorized, denial_responses=True)
    async with ScriptedServer(app, **EXTENSION) as server:
        pass
    status, headers, body = response(server)
    assert status == 401
    assert headers["www-authenticate"] == "Bearer"
    assert headers["content-type"] == "application/json"
    assert headers["content-length"] == str(len(body))
    assert json.loads(body)["title"] == "Who are you?"


async def test_an_error_before_accept_is_a_close_unless_responses_are_asked_for() -> None:
    async with ScriptedServer(app_with(raise_unauthorized), **EXTENSION) as server:
        pass
    assert server.close_event["code"] == 3401


async def test_an_error_after_accept_is_a_close_whatever_is_asked_for() -> None:
    async def respond(req: Request, ws: WebSocket) -> None:
        await ws.accept()
        raise HTTPServiceUnavailable

    async with ScriptedServer(app_with(respond, denial_responses=True), **EXTENSION) as server:
        pass
    assert server.close_event["code"] == 3503


@pytest.mark.parametrize(("path", "status"), [("/nowhere", 404), ("/http", 405)])
async def test_better_errors_of_routing_are_responses_as_well(path: str, status: int) -> None:
    class HTTPOnly:
        async def on_get(self, req: Request, resp: object) -> None: ...

    app = App()
    app.ws_options.denial_responses = True
    app.add_route("/http", HTTPOnly())
    async with ScriptedServer(app, path=path, **EXTENSION) as server:
        pass
    assert response(server)[0] == status


async def test_a_redirect_before_accept_is_a_response_too() -> None:
    async def respond(req: Request, ws: WebSocket) -> None:
        raise HTTPFound("/elsewhere")

    async with ScriptedServer(app_with(respond, denial_responses=True), **EXTENSION) as server:
        pass
    status, headers, _ = response(server)
    assert (status, headers["location"]) == (302, "/elsewhere")


async def test_a_component_that_denies_ends_the_matter() -> None:
    class Guard:
        async def process_request_ws(self, req: Request, ws: WebSocket) -> None:
            await ws.deny(403)

    called: list[Event] = []

    async def respond(req: Request, ws: WebSocket) -> None:
        called.append({})

    app = App(middleware=Guard())
    app.add_route("/", Route(respond))
    async with ScriptedServer(app, **EXTENSION) as server:
        pass
    assert (response(server)[0], called) == (403, [])
