"""The order of middleware, responders and response methods, and what cuts it short."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import anyws
from anyws.testing import ASGIConductor

if TYPE_CHECKING:
    from anyws import Request, Response


class Recorder:
    """A component that writes down when it is called, and may fail or complete on the way."""

    def __init__(self, name: str, calls: list[str], *, trouble: str = "") -> None:
        self.name = name
        self.calls = calls
        self.trouble = trouble

    async def process_request(self, req: Request, resp: Response) -> None:
        self._note("request", resp)

    async def process_resource(
        self, req: Request, resp: Response, resource: object, params: dict[str, object]
    ) -> None:
        params["seen"] = True
        self._note("resource", resp)

    async def process_response(
        self, req: Request, resp: Response, resource: object, req_succeeded: object
    ) -> None:
        self._note(f"response {resource is not None} {req_succeeded}", resp)

    def _note(self, what: str, resp: Response) -> None:
        self.calls.append(f"{self.name} {what}")
        if self.trouble == f"complete {what}":
            resp.complete = True
        elif self.trouble == f"fail {what}":
            raise anyws.HTTPForbidden


class Thing:
    def __init__(self, calls: list[str]) -> None:
        self.calls = calls

    async def on_get(self, req: Request, resp: Response, *, seen: bool) -> None:
        self.calls.append("responder")


async def calls_with(*troubles: str, path: str = "/", independent: bool = True) -> list[str]:
    calls: list[str] = []
    app = anyws.App(
        middleware=[
            Recorder(name, calls, trouble=trouble)
            for name, trouble in zip("ab", troubles, strict=True)
        ],
        independent_middleware=independent,
    )
    app.add_route("/", Thing(calls))
    async with ASGIConductor(app) as conductor:
        await conductor.simulate_get(path)
    return calls


async def test_response_methods_run_in_reverse_after_the_responder() -> None:
    assert await calls_with("", "") == [
        "a request",
        "b request",
        "a resource",
        "b resource",
        "responder",
        "b response True True",
        "a response True True",
    ]


async def test_resource_methods_run_only_where_a_route_matched() -> None:
    assert await calls_with("", "", path="/none") == [
        "a request",
        "b request",
        "b response False False",
        "a response False False",
    ]


@pytest.mark.parametrize(
    ("trouble", "first"),
    [
        ("complete request", ["a request"]),
        ("complete resource", ["a request", "b request", "a resource"]),
    ],
)
async def test_a_complete_response_skips_what_lies_between(trouble: str, first: list[str]) -> None:
    calls = await calls_with(trouble, "")
    assert calls[: len(first)] == first
    assert [call.split()[:2] for call in calls[len(first) :]] == [
        ["b", "response"],
        ["a", "response"],
    ]
    assert all(call.endswith("True") for call in calls[len(first) :])


async def test_after_an_error_all_response_methods_run_and_are_told() -> None:
    assert await calls_with("fail request", "") == [
        "a request",
        "b response False False",
        "a response False False",
    ]


async def test_response_methods_see_the_response_that_the_error_handler_left() -> None:
    seen = []

    class Looking:
        async def process_response(
            self, req: Request, resp: Response, resource: object, req_succeeded: object
        ) -> None:
            seen.append((resp.status_code, resp.data, req_succeeded))
            resp.set_header("x-seen", "yes")

    class Failing:
        async def on_get(self, req: Request, resp: Response) -> None:
            raise anyws.HTTPGone

    app = anyws.App(middleware=Looking())
    app.add_route("/", Failing())
    async with ASGIConductor(app) as conductor:
        result = await conductor.simulate_get("/")
    assert seen == [(410, b'{"title":"410 Gone"}', False)]
    assert (result.status_code, result.headers["x-seen"]) == (410, "yes")


async def test_dependent_components_get_their_response_method_only_if_they_were_reached() -> None:
    assert await calls_with("fail request", "", independent=False) == [
        "a request",
        "a response False False",
    ]


async def test_an_error_in_a_response_method_does_not_keep_the_others_from_running() -> None:
    assert (await calls_with("", "fail response True True"))[-2:] == [
        "b response True True",
        "a response True False",
    ]


async def test_middleware_for_websockets_is_not_called_for_http() -> None:
    calls = []

    class Both:
        async def process_request(self, req: Request, resp: Response) -> None:
            calls.append("http")

        async def process_request_ws(self, req: Request, ws: object) -> None:
            calls.append("websocket")

    app = anyws.App(middleware=Both())
    async with ASGIConductor(app) as conductor:
        await conductor.simulate_get("/")
    assert calls == ["http"]


async def test_the_path_that_middleware_sets_is_the_one_that_is_routed() -> None:
    class Rewrite:
        async def process_request(self, req: Request, resp: Response) -> None:
            req.path = "/new"

    class Target:
        async def on_get(self, req: Request, resp: Response) -> None:
            resp.text = req.path

    app = anyws.App(middleware=Rewrite())
    app.add_route("/new", Target())
    async with ASGIConductor(app) as conductor:
        assert (await conductor.simulate_get("/old")).text == "/new"
