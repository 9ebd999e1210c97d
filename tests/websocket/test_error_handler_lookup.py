"""Error handlers of an application: which one is called, and with what."""

from __future__ import annotations

from typing import Any

import pytest

from anyws import App, CompatibilityError, Request, WebSocket
from tests.websocket.failing import Narrow, fail
from tests.websocket.scripted import ScriptedServer, app_with


async def test_a_handler_gets_the_request_no_response_the_exception_and_the_fields() -> None:
    error = KeyError("lost")
    seen: list[Any] = []

    class Things:
        async def on_websocket(self, req: Request, ws: WebSocket, number: int) -> None:
            seen.extend([req, ws])
            raise error

    async def handle(
        req: Request, resp: object, ex: KeyError, params: object, ws: Any = None
    ) -> None:
        seen.extend([req, resp, ex, params, ws])

    app = App()
    app.add_route("/{number:int}", Things())
    app.add_error_handler(KeyError, handle)
    async with ScriptedServer(app, path="/7"):
        pass
    req, ws, *given = seen
    assert given == [req, None, error, {"number": 7}, ws]


async def test_a_handler_gets_the_groups_of_a_sink_as_its_fields() -> None:
    seen = []

    async def sink(req: Request, resp: None, ws: WebSocket, name: str) -> None:
        raise KeyError("lost")

    async def handle(req: Request, resp: None, ex: KeyError, params: object) -> None:
        seen.append(params)

    app = App()
    app.add_sink(sink, "/(?P<name>.*)")
    app.add_error_handler(KeyError, handle)
    async with ScriptedServer(app, path="/x"):
        pass
    assert seen == [{"name": "x"}]


async def test_a_handler_gets_the_websocket_by_name_or_among_keyword_arguments() -> None:
    seen: list[object] = []

    async def by_name(
        req: object, resp: object, ex: object, params: object, ws: object = None
    ) -> None:
        seen.append(ws)

    async def collected(
        req: object, resp: object, ex: object, params: object, **kwargs: object
    ) -> None:
        seen.append(kwargs["ws"])

    async def without(req: object, resp: object, ex: object, params: object) -> None:
        seen.append(None)

    for handler in (by_name, collected, without):
        app = app_with(fail)
        app.add_error_handler(KeyError, handler)
        async with ScriptedServer(app):
            pass
    assert [isinstance(ws, WebSocket) for ws in seen] == [True, True, False]


async def test_a_handler_for_websockets_alone_need_not_have_a_default_for_ws() -> None:
    seen: list[object] = []

    async def handle(req: object, resp: object, ex: object, params: object, ws: object) -> None:
        seen.append(ws)

    app = app_with(fail)
    app.add_error_handler(KeyError, handle)
    async with ScriptedServer(app):
        pass
    assert [isinstance(ws, WebSocket) for ws in seen] == [True]


async def test_the_handler_of_the_most_specific_class_is_called_whatever_the_order() -> None:
    called = []

    def handler(name: str) -> Any:
        async def handle(req: object, resp: object, ex: object, params: object) -> None:
            called.append(name)

        return handle

    app = app_with(fail)
    app.add_error_handler(KeyError, handler("older KeyError"))
    app.add_error_handler(KeyError, handler("KeyError"))
    app.add_error_handler(LookupError, handler("LookupError"))
    app.add_error_handler(Exception, handler("Exception"))
    async with ScriptedServer(app):
        pass
    app.add_error_handler(Narrow, handler("Narrow"))
    async with ScriptedServer(app):
        pass
    assert called == ["KeyError", "Narrow"]


async def test_one_handler_may_be_registered_for_several_classes() -> None:
    handled: list[object] = []

    async def handle(req: object, resp: object, ex: object, params: object) -> None:
        handled.append(type(ex))

    async def lose(req: Request, ws: WebSocket) -> None:
        raise ZeroDivisionError

    for responder in (fail, lose):
        app = app_with(responder)
        app.add_error_handler(iter((Narrow, ZeroDivisionError)), handle)
        async with ScriptedServer(app):
            pass
    assert handled == [Narrow, ZeroDivisionError]


async def test_without_a_handler_the_class_handles_itself() -> None:
    Narrow.handled.clear()
    app = app_with(fail)
    app.add_error_handler(Narrow)
    async with ScriptedServer(app):
        pass
    assert len(Narrow.handled) == 1


def test_what_cannot_be_a_handler_is_refused_and_nothing_is_added() -> None:
    def plain(req: object, resp: object, ex: object, params: object) -> None: ...

    async def too_few(req: object, resp: object, ex: object) -> None: ...

    app = App()
    with pytest.raises(AttributeError, match="KeyError"):
        app.add_error_handler(KeyError)
    with pytest.raises(CompatibilityError, match="async def"):
        app.add_error_handler(KeyError, plain)  # type: ignore[arg-type]  # the mistake under test
    with pytest.raises(TypeError, match="params"):
        app.add_error_handler(KeyError, too_few)


@pytest.mark.parametrize(
    "kind", [int, "KeyError", KeyError(), KeyboardInterrupt, BaseException, [KeyError, None]]
)
def test_a_handler_is_for_classes_of_exceptions_alone(kind: Any) -> None:
    async def handle(req: object, resp: object, ex: object, params: object) -> None: ...

    with pytest.raises(TypeError, match="Exception"):
        App().add_error_handler(kind, handle)
