"""Middleware before the responder: its order, and what keeps the responder from running."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from anyws import App, Request, WebSocket
from tests.websocket.components import Noting, Step
from tests.websocket.responders import accept, accept_and_close, close, talk_until_left
from tests.websocket.scripted import Route, ScriptedServer


def app_of(calls: list[str], *components: object) -> App:
    """An application with these components, whose responder notes that it runs."""

    async def respond(req: Request, ws: WebSocket) -> None:
        calls.append("responder")

    app = App(middleware=components)
    app.add_route("/", Route(respond))
    return app


async def test_components_run_in_order_before_and_after_routing() -> None:
    calls: list[str] = []
    app = app_of(calls, Noting("a", calls), Noting("b", calls))
    async with ScriptedServer(app):
        pass
    before_end = [call for call in calls if "disconnect" not in call]
    assert before_end == ["a request", "b request", "a resource", "b resource", "responder"]


@pytest.mark.parametrize("middleware", [lambda one: one, lambda one: iter([one])])
async def test_middleware_is_one_component_or_an_iterable(
    middleware: Callable[[object], object],
) -> None:
    calls: list[str] = []
    async with ScriptedServer(App(middleware=middleware(Noting("a", calls)))):
        pass
    assert calls[0] == "a request"


async def test_middleware_may_be_appended_after_the_routes() -> None:
    calls: list[str] = []
    app = app_of(calls, Noting("a", calls))
    app.add_middleware([Noting("b", calls), Noting("c", calls)])
    app.add_middleware(Noting("d", calls))
    async with ScriptedServer(app):
        pass
    assert calls[:4] == ["a request", "b request", "c request", "d request"]
    assert "responder" in calls


async def test_process_resource_ws_gets_the_resource_and_may_change_the_fields() -> None:
    seen: list[object] = []

    class Renaming:
        async def process_resource_ws(
            self, req: Request, ws: WebSocket, resource: object, params: dict[str, object]
        ) -> None:
            seen.extend([resource, dict(params)])
            params["number"] = 8
            params["more"] = "new"

    class Things:
        async def on_websocket(self, req: Request, ws: WebSocket, **params: object) -> None:
            seen.append(params)

    things = Things()
    app = App(middleware=Renaming())
    app.add_route("/{number:int}", things)
    async with ScriptedServer(app, path="/7"):
        pass
    assert seen == [things, {"number": 7}, {"number": 8, "more": "new"}]


async def test_process_resource_ws_runs_for_a_route_without_on_websocket() -> None:
    class Page:
        async def on_get(self, req: object, resp: object) -> None: ...

    calls: list[str] = []
    app = App(middleware=Noting("a", calls))
    app.add_route("/", Page())
    async with ScriptedServer(app) as server:
        pass
    assert calls[:2] == ["a request", "a resource"]
    assert server.close_event["code"] == 3405


async def test_process_resource_ws_does_not_run_where_no_route_matched() -> None:
    calls: list[str] = []
    async with ScriptedServer(App(middleware=Noting("a", calls))):
        pass
    assert "a resource" not in calls


async def test_process_resource_ws_does_not_run_for_a_sink() -> None:
    calls: list[str] = []

    async def sink(req: Request, resp: None, ws: WebSocket) -> None:
        calls.append("sink")

    app = App(middleware=Noting("a", calls))
    app.add_sink(sink)
    async with ScriptedServer(app):
        pass
    assert calls == ["a request", "sink", "a disconnect"]


async def test_http_methods_of_a_component_are_not_called_for_a_websocket() -> None:
    calls: list[str] = []

    class ForBoth(Noting):
        async def process_request(self, req: object, resp: object) -> None:
            calls.append("http")

        async def process_resource(self, *args: object) -> None:
            calls.append("http")

        async def process_response(self, *args: object) -> None:
            calls.append("http")

    async with ScriptedServer(app_of(calls, ForBoth("a", calls))):
        pass
    assert "responder" in calls
    assert "http" not in calls


async def test_a_component_may_accept_and_take_the_first_message() -> None:
    users = []

    async def authenticate(req: Request, ws: WebSocket) -> None:
        await ws.accept()
        ws.context.user = await ws.receive_text()

    async def respond(req: Request, ws: WebSocket) -> None:
        users.append((ws.context.user, await ws.receive_text()))

    app = App(middleware=Noting("a", [], on_request=authenticate))
    app.add_route("/", Route(respond))
    async with ScriptedServer(app) as server:
        server.push_text("ann")
        server.push_text("hello")
    assert users == [("ann", "hello")]


@pytest.mark.parametrize("step", [close, accept_and_close, talk_until_left])
async def test_a_socket_that_is_closed_in_process_request_ws_goes_no_further(step: Step) -> None:
    calls: list[str] = []
    app = app_of(calls, Noting("a", calls, on_request=step), Noting("b", calls))
    async with ScriptedServer(app) as server:
        server.push_disconnect()
    assert calls == ["a request", "a disconnect"]
    assert server.kinds().count("close") == (step is not talk_until_left)


@pytest.mark.parametrize("step", [close, accept_and_close, talk_until_left])
async def test_a_socket_that_is_closed_in_process_resource_ws_goes_no_further(
    step: Step,
) -> None:
    calls: list[str] = []
    app = app_of(calls, Noting("a", calls, on_resource=step), Noting("b", calls))
    async with ScriptedServer(app) as server:
        server.push_disconnect()
    assert [call for call in calls if "disconnect" not in call] == [
        "a request",
        "b request",
        "a resource",
    ]
    assert server.kinds().count("close") == (step is not talk_until_left)


async def test_a_socket_that_a_component_closed_is_not_looked_up_in_the_routes() -> None:
    app = App(middleware=Noting("a", [], on_request=close))
    async with ScriptedServer(app, path="/nowhere") as server:
        pass
    assert server.close_event["code"] == 4001


@pytest.mark.parametrize("path", ["/nowhere", "/page"])
async def test_a_socket_that_middleware_accepted_gets_a_real_close_for_a_missing_route(
    path: str,
) -> None:
    class Page:
        async def on_get(self, req: object, resp: object) -> None: ...

    app = App(middleware=Noting("a", [], on_request=accept))
    app.add_route("/page", Page())
    async with ScriptedServer(app, path=path) as server:
        pass
    assert server.kinds() == ["accept", "close"]
    assert server.close_event["code"] == {"/nowhere": 3404, "/page": 3405}[path]


@pytest.mark.parametrize("stage", ["on_request", "on_resource"])
async def test_an_exception_of_middleware_goes_to_the_error_handlers(stage: str) -> None:
    calls: list[str] = []
    handled = []

    async def fail(req: Request, ws: WebSocket) -> None:
        raise KeyError("lost")

    async def handle(req: Request, resp: None, ex: KeyError, params: object) -> None:
        handled.append(ex)

    app = app_of(calls, Noting("a", calls, **{stage: fail}), Noting("b", calls))
    app.add_error_handler(KeyError, handle)
    async with ScriptedServer(app):
        pass
    assert [error.args for error in handled] == [("lost",)]
    assert "responder" not in calls
    assert f"b {stage.removeprefix('on_')}" not in calls
