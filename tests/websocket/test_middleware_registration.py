"""Middleware that can't work is refused where it is registered."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from anyws import App, CompatibilityError
from tests.websocket.components import Noting
from tests.websocket.scripted import ScriptedServer

METHODS = {
    "process_request_ws": ("req", "ws"),
    "process_resource_ws": ("req", "ws", "resource", "params"),
    "process_disconnect_ws": ("req", "ws", "resource", "error"),
}


class Sound:
    async def process_request_ws(self, req: object, ws: object) -> None: ...


def add(component: object) -> App:
    app = App()
    app.add_middleware(component)
    return app


def construct(component: object) -> App:
    return App(middleware=[component])


@pytest.fixture(params=[add, construct])
def register(request: pytest.FixtureRequest) -> Callable[[object], App]:
    chosen: Callable[[object], App] = request.param
    return chosen


@pytest.mark.parametrize("name", METHODS)
def test_a_method_that_is_no_coroutine_function_is_a_compatibility_error(
    name: str, register: Callable[[object], App]
) -> None:
    def plain(self: object, *args: object) -> None: ...

    component = type("Plain", (), {name: plain})()
    with pytest.raises(CompatibilityError, match=rf"Plain\.{name}.*async def") as caught:
        register(component)
    assert isinstance(caught.value, ValueError)


def test_a_component_without_any_known_method_is_a_type_error(
    register: Callable[[object], App],
) -> None:
    class Nothing:
        async def process_requests(self, req: object, resp: object) -> None: ...

    with pytest.raises(TypeError, match=r"Nothing.*process_request_ws"):
        register(Nothing())


def test_a_class_in_place_of_an_instance_is_a_type_error_that_says_so(
    register: Callable[[object], App],
) -> None:
    with pytest.raises(TypeError, match=re.escape("Sound()")):
        register(Sound)


class TooFew:
    async def process_request_ws(self, req: object) -> None: ...

    async def process_resource_ws(self, req: object, ws: object, resource: object) -> None: ...

    async def process_disconnect_ws(self, req: object, ws: object, resource: object) -> None: ...


class TooMany:
    async def process_request_ws(self, req: object, ws: object, more: object) -> None: ...

    async def process_resource_ws(
        self, req: object, ws: object, resource: object, params: object, more: object
    ) -> None: ...

    async def process_disconnect_ws(
        self, req: object, ws: object, resource: object, error: object, more: object
    ) -> None: ...


@pytest.mark.parametrize(("name", "parameters"), METHODS.items())
@pytest.mark.parametrize("methods", [TooFew, TooMany])
def test_wrong_parameters_are_a_type_error_that_names_the_method_and_the_right_ones(
    name: str, parameters: tuple[str, ...], methods: type, register: Callable[[object], App]
) -> None:
    component = type("Wrong", (), {name: getattr(methods, name)})()
    expected = rf"Wrong\.{name}.*{re.escape(', '.join(parameters))}"
    with pytest.raises(TypeError, match=expected):
        register(component)


def test_parameters_may_have_other_names_and_defaults() -> None:
    class Renamed:
        async def process_request_ws(self, request: object, socket: object) -> None: ...

        async def process_resource_ws(self, *args: object, extra: int = 0) -> None: ...

        async def process_disconnect_ws(
            self, r: object, w: object, x: object = None, e: object = None, more: int = 0
        ) -> None: ...

    assert isinstance(add(Renamed()), App)


async def test_of_several_components_none_is_added_when_one_is_refused() -> None:
    calls: list[str] = []
    app = App()
    with pytest.raises(TypeError):
        app.add_middleware([Noting("a", calls), object()])
    async with ScriptedServer(app):
        pass
    assert calls == []
