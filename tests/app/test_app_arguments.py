"""What an application is made with, and what becomes of it."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

import pytest

import anyws
from anyws.routing import Router
from anyws.testing import ASGIConductor

if TYPE_CHECKING:
    from anyws import WebSocket

MSGPACK = "application/msgpack"


class Mine(anyws.Request):
    """A request with something of the program's own."""

    number = 7


class Plain(anyws.Response):
    """A response that is plain text from the start."""

    def __init__(self, *, options: anyws.ResponseOptions) -> None:
        super().__init__(options=options)
        self.content_type = "text/plain"


class Echo:
    async def on_get(self, req: anyws.Request, resp: anyws.Response) -> None:
        resp.text = f"{type(req).__name__} {getattr(req, 'number', None)}"

    async def on_post(self, req: anyws.Request, resp: anyws.Response) -> None:
        resp.media = await req.get_media()
        resp.set_cookie("a", "1")

    async def on_websocket(self, req: anyws.Request, ws: WebSocket) -> None:
        await ws.accept()
        await ws.send_text(f"{type(req).__name__} {getattr(req, 'number', None)}")


def app_with(*arguments: Any, **named: Any) -> anyws.App:
    app = anyws.App(*arguments, **named)
    app.add_route("/", Echo())
    return app


def test_the_arguments_have_their_order_their_kinds_and_their_defaults() -> None:
    given = [
        (parameter.name, parameter.default)
        for parameter in inspect.signature(anyws.App).parameters.values()
        if parameter.kind is parameter.POSITIONAL_OR_KEYWORD
    ]
    assert given == [
        ("media_type", "application/json"),
        ("request_type", None),
        ("response_type", None),
        ("middleware", None),
        ("router", None),
    ]
    named = {
        parameter.name: parameter.default
        for parameter in inspect.signature(anyws.App).parameters.values()
        if parameter.kind is parameter.KEYWORD_ONLY
    }
    assert named == {
        "independent_middleware": True,
        "cors_enable": False,
        "sink_before_static_route": True,
        "req_options": None,
        "resp_options": None,
        "ws_options": None,
        "secure_cookies_by_default": None,
        "lifespan": None,
    }


@pytest.mark.parametrize(
    "options",
    [{}, {"req_options": anyws.RequestOptions(), "resp_options": anyws.ResponseOptions()}],
)
async def test_the_media_type_is_that_of_bodies_that_come_and_go_without_one(
    options: dict[str, Any],
) -> None:
    async with ASGIConductor(app_with(MSGPACK, **options)) as conductor:
        result = await conductor.simulate_post("/", body=b"\x91\x01")
    assert result.content == b"\x91\x01"
    assert result.headers["content-type"] == MSGPACK


async def test_the_media_type_is_json_unless_the_options_or_the_argument_say_otherwise() -> None:
    options = anyws.ResponseOptions(default_media_type=MSGPACK)
    async with ASGIConductor(app_with(resp_options=options)) as conductor:
        result = await conductor.simulate_post("/", body=b"[1]")
    assert (result.content, result.headers["content-type"]) == (b"\x91\x01", MSGPACK)


async def test_requests_and_responses_may_be_of_the_programs_own_types() -> None:
    app = app_with(request_type=Mine, response_type=Plain)
    async with ASGIConductor(app) as conductor:
        result = await conductor.simulate_get("/")
        async with conductor.simulate_ws("/") as ws:
            assert await ws.receive_text() == "Mine 7"
    assert (result.text, result.headers["content-type"]) == ("Mine 7", "text/plain")


def test_the_options_are_the_objects_that_were_given() -> None:
    given: dict[str, Any] = {
        "req_options": anyws.RequestOptions(),
        "resp_options": anyws.ResponseOptions(),
        "ws_options": anyws.WebSocketOptions(),
    }
    app = anyws.App(**given)
    assert {name: getattr(app, name) for name in given} == given
    for name, options in given.items():
        assert getattr(app, name) is options
        assert getattr(anyws.App(), name) is not getattr(anyws.App(), name)


async def test_the_options_of_requests_reach_the_request() -> None:
    app = app_with(req_options=anyws.RequestOptions(max_body_size=2))
    app.req_options.strip_url_path_trailing_slash = True
    app.add_route("/x", Echo())
    async with ASGIConductor(app) as conductor:
        assert (await conductor.simulate_get("/x/")).status_code == 200
        assert (await conductor.simulate_post("/", body=b"[1]")).status_code == 413
        async with conductor.simulate_ws("/x/") as ws:
            assert await ws.receive_text() == "Request None"


@pytest.mark.parametrize(("secure", "expected"), [(None, True), (True, True), (False, False)])
async def test_cookies_are_secure_by_default_as_the_application_says(
    *, secure: bool | None, expected: bool
) -> None:
    app = app_with(secure_cookies_by_default=secure)
    assert app.resp_options.secure_cookies_by_default is expected
    async with ASGIConductor(app) as conductor:
        result = await conductor.simulate_post("/", body=b"1")
    assert ("Secure" in result.headers["set-cookie"]) is expected


class Hexadecimal:
    def convert(self, value: str) -> int | None:
        return int(value, 16) if value.isalnum() else None


async def test_the_options_of_the_router_count_when_a_route_is_added() -> None:
    class Item:
        async def on_get(self, req: anyws.Request, resp: anyws.Response, item: int) -> None:
            resp.media = item

        async def on_request(self, req: anyws.Request, resp: anyws.Response, item: int) -> None:
            resp.media = req.method

    app = anyws.App()
    app.router_options.converters["hex"] = Hexadecimal
    app.add_route("/plain/{item:hex}", Item())
    app.router_options.default_to_on_request = True
    app.add_route("/{item:hex}", Item())
    async with ASGIConductor(app) as conductor:
        assert (await conductor.simulate_get("/ff")).json == 255
        assert (await conductor.simulate_put("/ff")).json == "PUT"
        assert (await conductor.simulate_get("/f-f")).status_code == 404
        assert (await conductor.simulate_put("/plain/ff")).status_code == 405


@pytest.mark.parametrize("middleware", [lambda one: one, lambda one: [one], lambda one: (one,)])
async def test_middleware_is_one_component_or_several(middleware: Any) -> None:
    class Marking:
        async def process_request(self, req: anyws.Request, resp: anyws.Response) -> None:
            resp.set_header("x-seen", "yes")

    app = app_with(middleware=middleware(Marking()))
    async with ASGIConductor(app) as conductor:
        assert (await conductor.simulate_get("/")).headers["x-seen"] == "yes"


@pytest.mark.parametrize(
    ("name", "value", "remedy"),
    [
        ("req_options", {}, r"and no RequestOptions: pass RequestOptions\(…\)$"),
        ("req_options", anyws.RequestOptions, r"and no RequestOptions"),
        ("resp_options", anyws.RequestOptions(), r"and no ResponseOptions"),
        ("ws_options", {"max_receive_queue": 1}, r"and no WebSocketOptions"),
        ("request_type", anyws.Response, "and no subclass of Request$"),
        ("response_type", "Response", "and no subclass of Response$"),
        ("router", Router, "^router is the class Router: pass an instance of it$"),
    ],
)
def test_an_argument_that_can_never_work_is_named_with_the_remedy(
    name: str, value: Any, remedy: str
) -> None:
    with pytest.raises(TypeError, match=remedy) as caught:
        anyws.App(**{name: value})
    assert str(caught.value).startswith(f"{name} is ")
