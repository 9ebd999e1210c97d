"""What in an application can't be meant so."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import anyws
from anyws import App, Request, Response, WebSocket
from anyws.inspection import find_mistakes
from anyws.routing import PathConverter


class Page:
    async def on_get(self, req: Request, resp: Response) -> None: ...


class Other:
    async def on_get(self, req: Request, resp: Response) -> None: ...


class Rest:
    async def on_get(self, req: Request, resp: Response, rest: str) -> None: ...


class Feed:
    async def on_websocket(self, req: Request, ws: WebSocket) -> None: ...


class Nothing:
    """Has no responder."""


async def sink(req: Request, resp: Response) -> None: ...


async def sink_for_both(req: Request, resp: Response, ws: Any = None) -> None: ...


def told(app: App) -> list[str]:
    """The mistakes, without the places where they are."""
    return [f"{mistake.problem}: {mistake.remedy}" for mistake in find_mistakes(app)]


def with_sinks(*prefixes: str | re.Pattern[str], **options: Any) -> App:
    """An application with sinks; those for WebSockets as well have a `+` in front."""
    app = App(**options)
    for prefix in prefixes:
        if isinstance(prefix, str) and prefix.startswith("+"):
            app.add_sink(sink_for_both, prefix[1:])
        else:
            app.add_sink(sink, prefix)
    return app


def test_a_sound_application_has_none(tmp_path: Path) -> None:
    app = App(middleware=anyws.CORSMiddleware())
    app.add_route("/", Page())
    app.add_route("/feed", Feed())
    app.add_sink(sink_for_both, "/old")
    app.add_sink(sink, "/old/api")
    app.add_static_route("/files", tmp_path)
    assert find_mistakes(app) == ()


def test_each_says_where_it_is() -> None:
    app = App()
    app.add_route("/", Nothing())
    [mistake] = find_mistakes(app)
    assert mistake.source is not None
    line = Path(__file__).read_text().splitlines().index("class Nothing:") + 1
    assert str(mistake).startswith(f"{__file__}:{line}: ")


def test_a_resource_without_responders_is_found() -> None:
    app = App()
    app.add_route("/x", Nothing())
    [text] = told(app)
    assert "Nothing, the resource of /x, has no responder" in text


@pytest.mark.parametrize("template", ["/x", "/{rest}"])
def test_a_route_that_another_one_has_replaced_is_found(template: str) -> None:
    app = App()
    app.add_route(template, Rest() if "{" in template else Page())
    app.add_route(template, Rest() if "{" in template else Other())
    [text] = told(app)
    assert f"the route {template} to " in text
    assert "was replaced by the one to " in text


def test_the_same_route_once_more_replaces_nothing() -> None:
    app = App()
    page = Page()
    app.add_route("/x", page)
    app.add_route("/x", page)
    assert told(app) == []


def test_a_route_that_ends_in_a_slash_is_never_reached_where_slashes_are_stripped() -> None:
    app = App()
    app.add_route("/", Page())
    app.add_route("/x/", Page())
    assert told(app) == []
    app.req_options.strip_url_path_trailing_slash = True
    [text] = told(app)
    assert "no path reaches the route /x/" in text
    assert text.endswith(": add it as /x")


@pytest.mark.parametrize(
    ("template", "resource", "wanted"),
    [
        ("/{id}", Page(), "async def on_get(self, req, resp, id)"),
        ("/{id}/{v:int}", Feed(), "async def on_websocket(self, req, ws, id, v)"),
        ("/v{rest}.{minor}", Rest(), "async def on_get(self, req, resp, rest, minor)"),
        ("/x", Rest(), "async def on_get(self, req, resp)"),
    ],
)
def test_a_responder_that_does_not_take_the_fields_of_its_template_is_found(
    template: str, resource: object, wanted: str
) -> None:
    app = App()
    app.add_route(template, resource)
    [text] = told(app)
    assert text.endswith(f": define it as '{wanted}'")


def test_where_a_hook_or_middleware_may_change_the_fields_nothing_is_said() -> None:
    class Taking:
        async def process_resource(
            self, req: Request, resp: Response, resource: object, params: dict[str, object]
        ) -> None:
            params.clear()

    async def take(req: object, resp: object, resource: object, params: dict[str, str]) -> None:
        params.clear()

    class Hooked:
        @anyws.before(take)
        async def on_get(self, req: Request, resp: Response) -> None: ...

    app = App()
    app.add_route("/{id}", Hooked())
    assert told(app) == []
    app = App(middleware=Taking())
    app.add_route("/{id}", Page())
    assert told(app) == []
    app.add_route("/feeds/{id}", Feed())
    assert len(told(app)) == 1


@pytest.mark.parametrize(
    "prefixes",
    [
        ("/a/b", "/a"),
        ("/ab", "/a"),
        ("/a", "/a"),
        ("+/a", "+/"),
        ("/a", "+/"),
        (re.compile("/(?:a|b)"), re.compile("/(?:a|b)")),
        (re.compile("/a"), "/"),
    ],
)
def test_a_sink_behind_a_newer_and_more_general_one_is_found(prefixes: Any) -> None:
    [text] = told(with_sinks(*prefixes))
    assert "is never asked, since the sink " in text
    assert text.endswith("add the more general one first, since the newest sink counts")


@pytest.mark.parametrize(
    "prefixes",
    [
        ("/a", "/a/b"),
        ("/a", "/b"),
        ("+/a", "/"),
        ("/a", re.compile("/", re.IGNORECASE)),
        ("/a", "/[a-z]"),
        (re.compile("/[a-z]"), "/a"),
        (re.compile("/(?:a|b)"), re.compile("/(?:a|b)", re.IGNORECASE)),
    ],
)
def test_a_sink_that_has_something_left_is_none(prefixes: Any) -> None:
    assert told(with_sinks(*prefixes)) == []


def test_a_static_route_behind_a_sink_is_found_unless_it_is_asked_first(tmp_path: Path) -> None:
    app = with_sinks("/")
    app.add_static_route("/files", tmp_path)
    [text] = told(app)
    assert "the static route /files/ to " in text
    assert "sink_before_static_route=False" in text
    app = with_sinks("/", sink_before_static_route=False)
    app.add_static_route("/files", tmp_path)
    assert told(app) == []


def test_a_sink_behind_a_static_route_is_found_where_that_is_asked_first(tmp_path: Path) -> None:
    app = with_sinks("/files/x", "+/files/y", sink_before_static_route=False)
    app.add_static_route("/files", tmp_path)
    [text] = told(app)
    assert "the sink " in text
    assert "'/files/x'" in text


def test_a_static_route_behind_a_newer_one_is_found(tmp_path: Path) -> None:
    app = App()
    app.add_static_route("/files/new", tmp_path)
    app.add_static_route("/files", tmp_path)
    [text] = told(app)
    assert "the static route /files/new/ to " in text


def test_a_fallback_answers_for_one_path_more(tmp_path: Path) -> None:
    (tmp_path / "index.html").touch()
    app = App()
    app.add_static_route("/files", tmp_path, fallback_filename="index.html")
    app.add_route("/files/{rest:path}", Rest())
    assert told(app) == []
    app.add_static_route("/files", tmp_path)
    assert len(told(app)) == 1


def test_what_is_behind_a_route_that_takes_the_rest_of_the_path_is_found(tmp_path: Path) -> None:
    app = with_sinks("+/a/b", "+/a")
    app.add_static_route("/a/c", tmp_path)
    app.add_static_route("/b", tmp_path)
    app.add_route("/a/{rest:path}", Rest())
    found = [text for text in told(app) if "routes are asked first" in text]
    assert len(found) == 2
    assert "'/a/b'" in found[0]
    assert "/a/c/" in found[1]


def test_a_path_converter_of_the_programs_own_may_leave_something() -> None:
    class Some(PathConverter):
        def convert(self, value: str) -> str | None:
            return None

    app = with_sinks("/")
    app.router_options.converters["path"] = Some
    app.add_route("/{rest:path}", Rest())
    assert told(app) == []


def test_ws_options_without_effect_are_found() -> None:
    class Narrow(Feed):
        ws_options = anyws.WebSocketOptions(max_connections=3, idle_timeout=5)

    class NoSocket(Page):
        ws_options = anyws.WebSocketOptions(idle_timeout=5)

    app = App()
    app.add_route("/a", Narrow())
    app.add_route("/b", NoSocket())
    narrow, no_socket = told(app)
    assert "Narrow.ws_options sets max_connections, which has no effect" in narrow
    assert "NoSocket.ws_options has no effect" in no_socket


class Account:
    async def on_websocket(self, req: Request, ws: WebSocket) -> None:
        await ws.accept()
        await ws.send_text(req.cookies["session"])


class Session:
    async def process_request_ws(self, req: Request, ws: WebSocket) -> None:
        if not req.get_cookie_values("session"):
            await ws.close()


async def by_cookie(req: Any, ws: Any, resource: object, params: object) -> None:
    req.context["user"] = req.cookies["session"]


class Hooked:
    @anyws.before(by_cookie)
    async def on_websocket(self, req: Request, ws: WebSocket) -> None: ...


@pytest.mark.parametrize(
    ("resource", "middleware"), [(Account(), None), (Feed(), Session()), (Hooked(), None)]
)
def test_cookies_with_any_origin_are_found(resource: object, middleware: object) -> None:
    app = App(middleware=middleware)
    app.add_route("/", resource)
    assert told(app) == []
    app.ws_options.allowed_origins = "*"
    [text] = told(app)
    assert "reads cookies, and app.ws_options.allowed_origins is '*'" in text


def test_any_origin_without_cookies_is_a_choice() -> None:
    class Page(Feed):
        async def on_get(self, req: Request, resp: Response) -> None:
            resp.text = req.cookies["session"]

    app = App()
    app.ws_options.allowed_origins = "*"
    app.add_route("/", Page())
    assert told(app) == []


def test_a_class_of_several_resources_has_its_mistakes_once() -> None:
    class Narrow(Feed):
        ws_options = anyws.WebSocketOptions(max_connections=3)

    app = App()
    app.add_route("/a", Narrow())
    app.add_route("/b", Narrow())
    assert len(find_mistakes(app)) == 1
