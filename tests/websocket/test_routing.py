"""Which responder or sink a WebSocket gets, and what it is called with."""

from __future__ import annotations

from pathlib import Path

import pytest

from anyws import App, HTTPMethodNotAllowed, HTTPRouteNotFound, Request, WebSocket
from anyws.testing import ASGIConductor
from tests.websocket.failing import Kept
from tests.websocket.scripted import Route, ScriptedServer


async def nothing(req: Request, ws: WebSocket) -> None: ...


async def test_the_fields_of_the_template_are_converted_keyword_arguments() -> None:
    seen = []

    class Seats:
        async def on_websocket(self, req: Request, ws: WebSocket, *, room: str, seat: int) -> None:
            seen.append((room, seat))

    app = App()
    app.add_route("/rooms/{room}/{seat:int}", Seats())
    async with ScriptedServer(app, path="/rooms/red/7"):
        pass
    assert seen == [("red", 7)]


async def test_a_suffix_picks_the_responder_that_ends_in_it() -> None:
    seen = []

    class Rooms:
        async def on_websocket(self, req: Request, ws: WebSocket) -> None:
            seen.append("all")

        async def on_websocket_one(self, req: Request, ws: WebSocket) -> None:
            seen.append("one")

    app = App()
    app.add_route("/rooms", Rooms())
    app.add_route("/room", Rooms(), suffix="one")
    async with ScriptedServer(app, path="/room"):
        pass
    async with ScriptedServer(app, path="/rooms"):
        pass
    assert seen == ["one", "all"]


def test_a_responder_that_is_no_coroutine_function_is_refused_when_the_route_is_added() -> None:
    class Plain:
        def on_websocket(self, req: Request, ws: WebSocket) -> None: ...

    with pytest.raises(TypeError, match="on_websocket"):
        App().add_route("/", Plain())


async def test_a_field_that_the_responder_does_not_take_is_an_error_of_the_call() -> None:
    app = App()
    app.add_route("/{name}", Route(nothing))
    async with ScriptedServer(app, path="/x") as server:
        pass
    assert server.close_event["code"] == 1011
    kept = Kept(app, TypeError)
    async with ScriptedServer(app, path="/x"):
        pass
    [error] = kept.errors
    assert "name" in str(error)


async def test_a_path_without_a_route_is_refused_with_3404() -> None:
    async with ScriptedServer(App(), path="/nowhere") as server:
        pass
    assert server.sent == [{"type": "websocket.close", "code": 3404, "reason": "Not Found"}]


async def test_a_path_without_a_route_is_an_http_route_not_found() -> None:
    app = App()
    kept = Kept(app, HTTPRouteNotFound)
    async with ScriptedServer(app, path="/nowhere"):
        pass
    assert [type(error) for error in kept.errors] == [HTTPRouteNotFound]


async def test_a_websocket_where_a_static_route_is_is_refused_with_3404(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a file")
    app = App()
    app.add_static_route("/files", tmp_path)
    async with ScriptedServer(app, path="/files/a.txt") as server:
        pass
    assert server.kinds() == ["close"]
    assert server.close_event["code"] == 3404


async def test_the_path_is_matched_as_it_is() -> None:
    app = App()
    app.add_route("/x", Route(nothing))
    for path in ("//x", "/x/", "/X"):
        async with ScriptedServer(app, path=path) as server:
            pass
        assert server.close_event["code"] == 3404, path


async def test_a_route_without_on_websocket_is_refused_with_3405() -> None:
    class Page:
        async def on_get(self, req: object, resp: object) -> None: ...

    app = App()
    app.add_route("/", Page())
    async with ScriptedServer(app) as server:
        pass
    assert server.sent == [
        {"type": "websocket.close", "code": 3405, "reason": "Method Not Allowed"}
    ]
    kept = Kept(app, HTTPMethodNotAllowed)
    async with ScriptedServer(app):
        pass
    [error] = kept.errors
    assert isinstance(error, HTTPMethodNotAllowed)
    [(name, methods)] = error.headers
    assert (name, methods.split(", ")[0]) == ("Allow", "GET")


async def test_a_resource_for_websockets_alone_answers_get_with_405() -> None:
    app = App()
    app.add_route("/", Route(nothing))
    async with ASGIConductor(app) as conductor:
        result = await conductor.simulate_get("/")
    assert result.status_code == 405
    assert result.headers["allow"] == "OPTIONS"


async def test_a_resource_for_websockets_alone_answers_options_with_200() -> None:
    app = App()
    app.add_route("/", Route(nothing))
    async with ASGIConductor(app) as conductor:
        result = await conductor.simulate_options("/")
    assert result.status_code == 200
    assert "WEBSOCKET" not in result.headers["allow"]


async def test_websocket_is_no_http_method() -> None:
    called = []

    async def respond(req: Request, ws: WebSocket) -> None:
        called.append(req)

    app = App()
    app.add_route("/", Route(respond))
    async with ASGIConductor(app) as conductor:
        result = await conductor.simulate_request("WEBSOCKET", "/")
    assert result.status_code == 400
    assert called == []


async def test_the_request_knows_the_template_that_matched() -> None:
    seen = []

    class Things:
        async def on_websocket(self, req: Request, ws: WebSocket, **params: object) -> None:
            seen.append(req.uri_template)

    app = App()
    app.add_route("/things/{number:int}", Things())
    async with ScriptedServer(app, path="/things/3"):
        pass
    assert seen == ["/things/{number:int}"]
