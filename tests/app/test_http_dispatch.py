"""Which responder answers a request: routes, methods, sinks and static routes, in this order."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

import anyws
from anyws.routing import Responder
from anyws.testing import ASGIConductor

if TYPE_CHECKING:
    from collections.abc import MutableMapping
    from pathlib import Path

    from anyws import Request, Response, WebSocket


class Thing:
    async def on_get(self, req: Request, resp: Response, **fields: object) -> None:
        resp.media = {"template": req.uri_template, **fields}

    async def on_delete(self, req: Request, resp: Response, **fields: object) -> None:
        resp.status = anyws.HTTP_204


class SocketOnly:
    async def on_websocket(self, req: Request, ws: WebSocket) -> None:
        await ws.accept()


class OwnHead(Thing):
    async def on_head(self, req: Request, resp: Response) -> None:
        resp.set_header("x-own", "yes")


@pytest.fixture
def app() -> anyws.App:
    app = anyws.App()
    app.add_route("/things/{number:int}", Thing())
    app.add_route("/things", Thing())
    app.add_route("/socket", SocketOnly())
    app.add_route("/head", OwnHead())
    return app


async def test_a_responder_gets_the_converted_fields_of_its_template(app: anyws.App) -> None:
    async with ASGIConductor(app) as conductor:
        result = await conductor.simulate_get("/things/7")
    assert result.status == "200 OK"
    assert result.json == {"template": "/things/{number:int}", "number": 7}


@pytest.mark.parametrize("path", ["/", "/thing", "//things", "/things/", "/things/x"])
async def test_a_path_that_nothing_answers_is_a_404(app: anyws.App, path: str) -> None:
    async with ASGIConductor(app) as conductor:
        result = await conductor.simulate_get(path)
    assert result.status_code == 404
    assert result.json == {"title": "404 Not Found"}
    assert result.headers["vary"] == "Accept"


async def test_a_method_without_a_responder_is_a_405_that_lists_the_others(
    app: anyws.App,
) -> None:
    async with ASGIConductor(app) as conductor:
        result = await conductor.simulate_post("/things")
    assert result.status_code == 405
    assert result.headers["allow"] == "DELETE, GET, HEAD, OPTIONS"


async def test_options_is_answered_by_itself(app: anyws.App) -> None:
    async with ASGIConductor(app) as conductor:
        result = await conductor.simulate_options("/things")
    assert (result.status_code, result.content) == (200, b"")
    assert result.headers["allow"] == "DELETE, GET, HEAD, OPTIONS"
    assert result.headers["content-length"] == "0"


async def test_better_head_is_answered_from_on_get_without_a_body(app: anyws.App) -> None:
    async with ASGIConductor(app) as conductor:
        got = await conductor.simulate_get("/things")
        head = await conductor.simulate_head("/things")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == got.headers["content-length"]
    assert head.headers["content-type"] == got.headers["content-type"]


async def test_on_head_answers_head_where_there_is_one(app: anyws.App) -> None:
    async with ASGIConductor(app) as conductor:
        result = await conductor.simulate_head("/head")
    assert result.headers["x-own"] == "yes"


@pytest.mark.parametrize("method", ["BREW", "WEBSOCKET"])
async def test_an_unknown_method_on_a_route_is_a_400(app: anyws.App, method: str) -> None:
    async with ASGIConductor(app) as conductor:
        assert (await conductor.simulate_request(method, "/socket")).status_code == 400


async def test_a_resource_for_websockets_alone_answers_options_and_no_get(
    app: anyws.App,
) -> None:
    async with ASGIConductor(app) as conductor:
        got = await conductor.simulate_get("/socket")
        options = await conductor.simulate_options("/socket")
    assert (got.status_code, got.headers["allow"]) == (405, "OPTIONS")
    assert (options.status_code, options.headers["allow"]) == (200, "OPTIONS")


@pytest.mark.parametrize(("sink_first", "answer"), [(True, "newer sink a.txt"), (False, "a file")])
async def test_sinks_and_static_routes_answer_newest_first_in_the_order_that_was_chosen(
    tmp_path: Path, *, sink_first: bool, answer: str
) -> None:
    async def older(req: Request, resp: Response, **groups: str) -> None:
        resp.text = "older sink"

    async def newer(req: Request, resp: Response, name: str) -> None:
        resp.text = f"newer sink {name}"

    (tmp_path / "a.txt").write_text("a file")
    app = anyws.App(sink_before_static_route=sink_first)
    app.add_sink(older, "/")
    app.add_sink(newer, r"/files/(?P<name>\w+\.\w+)")
    app.add_static_route("/files", tmp_path)
    async with ASGIConductor(app) as conductor:
        assert (await conductor.simulate_get("/files/a.txt")).text == answer
        assert (await conductor.simulate_put("/elsewhere")).text == "older sink"


async def test_of_several_static_routes_the_newest_that_matches_answers(tmp_path: Path) -> None:
    for name in ("old", "new"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.txt").write_text(name)
    app = anyws.App()
    app.add_static_route("/files", tmp_path / "old")
    app.add_static_route("/files", tmp_path / "new")
    async with ASGIConductor(app) as conductor:
        assert (await conductor.simulate_get("/files/a.txt")).text == "new"


async def test_what_nothing_answers_is_an_error_of_its_own_kind(app: anyws.App) -> None:
    kinds = []

    async def handle(req: Request, resp: Response | None, ex: Exception, params: object) -> None:
        kinds.append(type(ex))

    app.add_error_handler(anyws.HTTPRouteNotFound, handle)
    async with ASGIConductor(app) as conductor:
        await conductor.simulate_get("/nothing")
    assert kinds == [anyws.HTTPRouteNotFound]


@pytest.mark.parametrize("method", ["GET", "OPTIONS", "TRACE", "BREW"])
async def test_a_sink_answers_any_method_and_has_no_process_resource(method: str) -> None:
    calls: list[object] = []

    class Noting:
        async def process_resource(
            self, req: Request, resp: Response, resource: object, params: object
        ) -> None:
            calls.append("process_resource")

        async def process_response(
            self, req: Request, resp: Response, resource: object, req_succeeded: object
        ) -> None:
            calls.append((req.uri_template, resource))

    async def sink(req: Request, resp: Response, name: str, rest: str | None) -> None:
        calls.append((req.method, name, rest))

    app = anyws.App(middleware=Noting())
    app.add_sink(sink, re.compile(r"/(?P<name>[a-z]+)(?:/(?P<rest>\d+))?"))
    async with ASGIConductor(app) as conductor:
        assert (await conductor.simulate_request(method, "/items/and/more")).status_code == 200
    assert calls == [(method, "items", None), (None, None)]


async def test_the_options_of_a_resource_are_its_own_where_it_has_on_options() -> None:
    class Own(Thing):
        async def on_options(self, req: Request, resp: Response) -> None:
            resp.set_header("x-own", "yes")

    app = anyws.App()
    app.add_route("/", Own())
    async with ASGIConductor(app) as conductor:
        result = await conductor.simulate_options("/")
    assert result.headers["x-own"] == "yes"
    assert "allow" not in result.headers


async def test_a_route_comes_before_a_sink_also_where_it_lacks_the_method(
    app: anyws.App,
) -> None:
    async def sink(req: Request, resp: Response) -> None:
        resp.text = "sink"

    app.add_sink(sink)
    async with ASGIConductor(app) as conductor:
        assert (await conductor.simulate_post("/things")).status_code == 405
        assert (await conductor.simulate_post("/other")).text == "sink"


async def test_what_is_added_after_the_first_request_counts_from_then_on(app: anyws.App) -> None:
    async with ASGIConductor(app) as conductor:
        assert (await conductor.simulate_get("/late")).status_code == 404
        app.add_route("/late", Thing())
        assert (await conductor.simulate_get("/late")).status_code == 200


async def test_a_router_of_the_programs_own_is_asked_with_the_path_and_the_request() -> None:
    asked = []

    class OneRoute:
        def add_route(
            self, uri_template: str, resource: object, /, *, suffix: str | None = None
        ) -> None:
            self.resource = resource

        def find(
            self, path: str, req: object = None, /
        ) -> tuple[object, dict[str, Responder], dict[str, object], None]:
            asked.append((path, type(req)))
            return self.resource, {"GET": Thing().on_get}, {"found": path}, None

    app = anyws.App(router=OneRoute())
    app.add_route("/whatever", Thing())
    async with ASGIConductor(app) as conductor:
        result = await conductor.simulate_get("/anything")
    assert result.json == {"template": None, "found": "/anything"}
    assert asked == [("/anything", anyws.Request)]


async def test_a_client_that_left_before_its_request_is_not_answered() -> None:
    calls = []

    class Noted(anyws.Request):
        def __init__(self, *arguments: Any, **options: Any) -> None:
            calls.append("request")
            super().__init__(*arguments, **options)

    async def receive() -> dict[str, object]:
        calls.append("receive")
        return {"type": kind, "body": b"", "more_body": False}

    async def send(event: MutableMapping[str, Any]) -> None:
        calls.append(event["type"])

    scope = {"type": "http", "method": "GET", "path": "/things", "headers": []}
    app = anyws.App(request_type=Noted)
    kind = "http.disconnect"
    await app(scope, receive, send)
    assert calls == ["receive"]
    kind = "http.request"
    await app(scope, receive, send)
    assert calls[1:] == ["receive", "request", "http.response.start", "http.response.body"]
