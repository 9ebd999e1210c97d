"""An application as plain values."""

from __future__ import annotations

import dataclasses
import functools
import re
from pathlib import Path
from typing import Any

import pytest

import anyws
from anyws import App, Request, Response, WebSocket
from anyws.inspection import AppDescription, find_app, inspect_app
from anyws.routing import Responder

HERE = __file__


async def pass_by(req: Request, resp: Response, resource: object, params: object) -> None:
    """Do nothing before a responder."""


class Chat:
    """Answers in several ways."""

    ws_options = anyws.WebSocketOptions(idle_timeout=60)

    async def on_websocket(self, req: Request, ws: WebSocket, room: str) -> None: ...

    @anyws.before(pass_by)
    async def on_get(self, req: Request, resp: Response, room: str) -> None: ...

    async def on_post_list(self, req: Request, resp: Response) -> None: ...


class Anything:
    """Answers every method in one way."""

    async def on_request(self, req: Request, resp: Response) -> None: ...


class Clock:
    """A component with two methods."""

    async def process_request_ws(self, req: Request, ws: WebSocket) -> None: ...

    async def process_response(
        self, req: Request, resp: Response, resource: object, req_succeeded: bool
    ) -> None: ...


async def catch(req: Request, resp: Response, ws: WebSocket | None = None) -> None:
    """Take what nothing else takes."""


async def plain(req: Request, resp: Response) -> None:
    """Take HTTP alone."""


async def excuse(req: Request, resp: Response, ex: Exception, params: object) -> None:
    """Handle an error."""


def line_of(text: str) -> int:
    """The line of this file that begins with a text."""
    lines = Path(HERE).read_text().splitlines()
    return next(number for number, line in enumerate(lines, 1) if line.strip().startswith(text))


def described(**options: Any) -> AppDescription:
    return inspect_app(App(**options))


def test_routes_come_by_template_with_their_responders_and_where_these_are_written() -> None:
    app = App()
    chat = Chat()
    app.add_route("/rooms/{room}", chat)
    app.add_route("/rooms", chat, suffix="list")
    rooms, room = inspect_app(app).routes
    assert (rooms.template, rooms.suffix, rooms.methods) == ("/rooms", "list", ("POST",))
    assert rooms.on_websocket is None
    assert rooms.responders[0].name == "on_post_list"
    assert room.methods == ("GET",)
    assert room.resource.endswith("test_description.Chat")
    assert room.on_websocket is not None
    assert room.on_websocket.name == "on_websocket"
    assert str(room.on_websocket.source) == f"{HERE}:{line_of('async def on_websocket(')}"
    assert str(room.source) == f"{HERE}:{line_of('class Chat')}"
    assert room.ws_options == {"idle_timeout": 60}


def test_a_hook_does_not_hide_where_the_responder_is_written() -> None:
    app = App()
    app.add_route("/{room}", Chat())
    [route] = inspect_app(app).routes
    [get] = (responder for responder in route.responders if responder.method == "GET")
    assert str(get.source) == f"{HERE}:{line_of('@anyws.before')}"


def test_methods_that_fall_back_to_on_request_say_so() -> None:
    app = App()
    app.router_options.default_to_on_request = True
    app.add_route("/", Anything())
    [route] = inspect_app(app).routes
    assert {responder.name for responder in route.responders} == {"on_request"}


def test_a_route_that_was_replaced_is_not_there() -> None:
    app = App()
    for template in ("/a", "/{b}"):
        app.add_route(template, Chat())
        app.add_route(template, Chat(), suffix="list")
    assert [route.suffix for route in inspect_app(app).routes] == ["list", "list"]


def test_sinks_and_static_routes_come_with_the_newest_first(tmp_path: Path) -> None:
    app = App(sink_before_static_route=False)
    app.add_sink(catch)
    app.add_sink(functools.partial(plain), re.compile("/api|/old"))
    app.add_static_route("/a", tmp_path)
    (tmp_path / "index.html").touch()
    app.add_static_route("/b", tmp_path, downloadable=True, fallback_filename="index.html")
    found = inspect_app(app)
    assert [(sink.prefix, sink.takes_websockets) for sink in found.sinks] == [
        ("/api|/old", False),
        ("/", True),
    ]
    assert found.sinks[0].function.endswith(".plain")
    assert str(found.sinks[1].source) == f"{HERE}:{line_of('async def catch')}"
    assert [route.prefix for route in found.static_routes] == ["/b/", "/a/"]
    assert found.static_routes[0].fallback_filename is not None
    assert (found.static_routes[0].downloadable, found.static_routes[1].downloadable) == (
        True,
        False,
    )
    assert found.sink_before_static_route is False


def test_components_come_with_the_methods_that_they_have() -> None:
    found = described(middleware=[Clock()], independent_middleware=False)
    [clock] = found.middleware
    assert clock.component.endswith("test_description.Clock")
    assert clock.methods == ("process_response", "process_request_ws")
    assert str(clock.source) == f"{HERE}:{line_of('class Clock')}"
    assert found.independent_middleware is False


def test_error_handlers_of_the_program_are_told_from_those_that_are_always_there() -> None:
    app = App()
    app.add_error_handler(LookupError, excuse)
    [own] = (handler for handler in inspect_app(app).error_handlers if not handler.built_in)
    assert (own.exception, own.takes_websockets) == ("builtins.LookupError", False)
    assert own.handler.endswith(".excuse")


def test_options_are_those_that_differ_from_the_defaults() -> None:
    assert described().options == {}
    app = App()
    app.ws_options.allowed_origins = "*"
    app.req_options.max_body_size = None
    app.resp_options.sse_ping_interval = 5
    app.router_options.default_to_on_request = True
    assert inspect_app(app).options == {
        "ws_options.allowed_origins": "*",
        "req_options.max_body_size": None,
        "resp_options.sse_ping_interval": 5,
        "router_options.default_to_on_request": True,
    }


def test_media_handlers_come_with_what_they_are_for() -> None:
    found = {(media.used_for, media.media): media.handler for media in described().media_handlers}
    assert found["requests", "application/json"] == "anyws.media.http.JSONHandler"
    assert found["responses", "application/json"] == "anyws.media.http.JSONHandler"
    assert found["websockets", "BINARY"] == "anyws.media.websocket.MessagePackHandlerWS"


class Own:
    """A router of the program's own."""

    def add_route(self, uri_template: str, resource: object, /, **_: object) -> None: ...

    def find(
        self, path: str, req: object = None, /
    ) -> tuple[object, dict[str, Responder], dict[str, object], str | None] | None:
        return None


def test_of_another_router_only_the_name_is_known() -> None:
    app = App(router=Own())
    app.add_route("/", Chat())
    found = inspect_app(app)
    assert found.router.endswith("test_description.Own")
    assert found.routes == ()


class Around:
    """ASGI middleware."""

    def __init__(self, app: object) -> None:
        self.app = app


def test_an_application_is_found_behind_middleware_that_keeps_it_in_app() -> None:
    app = App()
    assert find_app(Around(Around(app))) is app
    assert inspect_app(Around(app)) == inspect_app(app)


def test_what_leads_to_no_application_is_none() -> None:
    endless = Around(None)
    endless.app = endless
    assert find_app(endless) is None
    assert find_app(catch) is None
    with pytest.raises(TypeError, match="keeps what it wraps as its attribute 'app'"):
        inspect_app(catch)


def test_a_description_is_made_of_plain_values() -> None:
    app = App(middleware=Clock())
    app.add_route("/{room}", Chat())
    values = dataclasses.asdict(inspect_app(app))
    assert values["routes"][0]["responders"][0]["source"]["file"] == HERE
