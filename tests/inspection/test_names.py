"""Methods that nothing calls, by their names."""

from __future__ import annotations

from types import CellType, FunctionType
from typing import Any

import pytest

from anyws import App
from anyws.inspection import find_mistakes


async def respond(self: object, req: object, second: object) -> None:
    """Stand for a responder."""


async def observe(self: object, user: object, item: object) -> None:
    """Stand for a method that is the program's own."""


def resource_with(**methods: Any) -> Any:
    return type("Thing", (), methods)()


def problems(app: App) -> list[tuple[str, str]]:
    return [(mistake.problem, mistake.remedy) for mistake in find_mistakes(app)]


def routed(**methods: Any) -> App:
    app = App()
    app.add_route("/", resource_with(on_get=respond, **methods))
    return app


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("on_webscoket", "on_websocket"),
        ("on_websockets", "on_websocket"),
        ("on_ws", "on_websocket"),
        ("on_Get", "on_get"),
        ("on_POST", "on_post"),
        ("on_pots", "on_post"),
        ("onpost", "on_post"),
    ],
)
def test_a_responder_that_is_misspelt_is_found_with_its_right_name(name: str, meant: str) -> None:
    [(problem, remedy)] = problems(routed(**{name: respond}))
    assert problem.endswith(f"Thing.{name}() is never called")
    assert remedy == f"rename it to {meant}"


def test_a_suffix_counts_when_names_are_compared() -> None:
    app = App()
    thing = resource_with(on_get_list=respond, on_post_lits=respond, on_psot_list=respond)
    app.add_route("/", thing, suffix="list")
    assert [remedy for _, remedy in problems(app)] == [
        "add a route to the resource with suffix='lits', or give it another name",
        "rename it to on_post_list",
    ]


@pytest.mark.parametrize(
    ("methods", "remedy"),
    [
        ({"on_get_item": respond}, "add a route to the resource with suffix='item'"),
        ({"on_request": respond}, "set app.router_options.default_to_on_request = True"),
    ],
)
def test_a_responder_that_no_route_leads_to_is_found(methods: Any, remedy: str) -> None:
    [(problem, told)] = problems(routed(**methods))
    assert problem.endswith("is never called")
    assert told.startswith(remedy)


def test_a_responder_without_a_suffix_needs_a_route_without_one() -> None:
    app = App()
    app.add_route("/", resource_with(on_get=respond, on_get_item=respond), suffix="item")
    [(problem, remedy)] = problems(app)
    assert problem.endswith("Thing.on_get() is never called")
    assert remedy.startswith("add a route to the resource without a suffix")


def test_all_routes_of_a_class_count_together() -> None:
    class Thing:
        on_get = respond
        on_get_item = respond

    app = App()
    app.add_route("/", Thing())
    app.add_route("/item", Thing(), suffix="item")
    assert problems(app) == []


def test_what_the_class_calls_itself_is_left_alone() -> None:
    class Thing:
        async def on_get(self, req: object, resp: object) -> None:
            await self.on_get_part(req, resp)

        async def on_get_part(self, req: object, resp: object) -> None: ...

    app = App()
    app.add_route("/", Thing())
    assert problems(app) == []


@pytest.mark.parametrize(
    "name", ["on_deleted", "on_posted", "on_gone", "once", "on", "online", "on_pots"]
)
def test_methods_of_the_programs_own_are_left_alone(name: str) -> None:
    assert problems(routed(**{name: observe})) == []


def test_attributes_that_are_no_methods_are_left_alone() -> None:
    assert problems(routed(on_gett=7, on_put=None, on_Post="text")) == []


def test_a_variable_without_a_value_is_no_obstacle() -> None:
    mood = "good"

    async def answer(self: object, req: object, resp: object) -> str:
        return mood

    moodless = FunctionType(answer.__code__, {}, closure=(CellType(),))
    assert problems(routed(on_post=moodless)) == []


def test_properties_are_not_asked_for_their_values() -> None:
    def ask_the_database(self: object) -> bool:
        raise ConnectionError

    assert problems(routed(online=property(ask_the_database))) == []


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("process_reqest", "process_request"),
        ("proces_request_ws", "process_request_ws"),
        ("process_requests", "process_request"),
    ],
)
def test_a_method_of_middleware_that_is_misspelt_is_found(name: str, meant: str) -> None:
    app = App(middleware=resource_with(process_request=respond, **{name: respond}))
    [(problem, remedy)] = problems(app)
    assert problem.endswith(f"Thing.{name}() is never called")
    assert remedy == f"rename it to {meant}"
