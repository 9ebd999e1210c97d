"""Options that a resource has of its own."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from anyio import sleep, sleep_forever

from anyws import App, Request, WebSocket, WebSocketDisconnected, WebSocketOptions
from anyws.media import JSONHandlerWS
from tests.websocket.scripted import Route, ScriptedServer


class Reversed(JSONHandlerWS):
    def serialize(self, media: object) -> str:
        return super().serialize(media)[::-1]


def app_of(resource: object, **options: Any) -> App:
    app = App()
    for name, value in options.items():
        setattr(app.ws_options, name, value)
    app.add_route("/", resource)
    return app


async def receive_twice(req: Request, ws: WebSocket) -> None:
    await ws.accept()
    await ws.receive_text()
    await ws.receive_text()


async def close_code_of(app: App, *texts: str) -> int:
    async with ScriptedServer(app) as server:
        for text in texts:
            server.push_text(text)
    code: int = server.close_event["code"]
    return code


@pytest.mark.parametrize(
    ("options", "texts", "code"),
    [
        ({"max_message_size": 4}, ["abcde"], 1009),
        ({"receive_rate": (0.001, 1)}, ["a", "b"], 1008),
        ({}, ["a", "b"], 1000),
    ],
)
async def test_the_options_of_a_resource_take_the_place_of_the_applications(
    options: dict[str, Any], texts: list[str], code: int
) -> None:
    resource = Route(receive_twice)
    resource.ws_options = WebSocketOptions(**options)  # type: ignore[attr-defined]  # set on purpose
    app = app_of(resource, max_message_size=2, receive_rate=(1000, 1000))
    assert await close_code_of(app, *texts) == code


async def test_the_error_close_code_and_the_media_handlers_of_a_resource_count() -> None:
    class Resource:
        ws_options = WebSocketOptions(error_close_code=4500)

        async def on_websocket(self, req: Request, ws: WebSocket) -> None:
            await ws.accept()
            await ws.send_media([1, 2])
            raise RuntimeError("not foreseen")

    Resource.ws_options.media_handlers = {
        **Resource.ws_options.media_handlers,
        next(iter(Resource.ws_options.media_handlers)): Reversed(),
    }
    async with ScriptedServer(app_of(Resource())) as server:
        pass
    assert server.texts() == ["]2,1["]
    assert server.close_event["code"] == 4500


async def test_cancel_on_disconnect_of_a_resource_counts() -> None:
    errors: list[Exception | None] = []

    class Watcher:
        async def process_disconnect_ws(
            self, req: Request, ws: WebSocket, resource: object, error: Exception | None
        ) -> None:
            errors.append(error)

    class Resource:
        ws_options = WebSocketOptions(cancel_on_disconnect=True)

        async def on_websocket(self, req: Request, ws: WebSocket) -> None:
            await ws.accept()
            await sleep_forever()

    app = app_of(Resource())
    app.add_middleware(Watcher())
    async with ScriptedServer(app) as server:
        server.push_disconnect(4000)
    [error] = errors
    assert isinstance(error, WebSocketDisconnected)
    assert error.code == 4000


@pytest.mark.anyws_clock("virtual")
@pytest.mark.parametrize("seconds", [None, 100, 4])
async def test_the_idle_timeout_of_a_resource_counts_though_middleware_has_accepted(
    seconds: float | None,
) -> None:
    held: list[WebSocket] = []

    class Greeter:
        async def process_request_ws(self, req: Request, ws: WebSocket) -> None:
            await ws.accept()

    async def stay(req: Request, ws: WebSocket) -> None:
        held.append(ws)
        await ws.wait_disconnected()

    resource = Route(stay)
    resource.ws_options = WebSocketOptions(idle_timeout=seconds)  # type: ignore[attr-defined]  # set on purpose
    app = app_of(resource, idle_timeout=10)
    app.add_middleware(Greeter())
    async with ScriptedServer(app) as server:
        await sleep(9)
        assert held[0].close_code == (1001 if seconds == 4 else None)
        await sleep(50)
        assert held[0].close_code == (1001 if seconds == 4 else None)
        server.push_disconnect()


def test_what_is_no_options_object_is_refused_when_the_route_is_added() -> None:
    resource = Route(receive_twice)
    resource.ws_options = {"idle_timeout": 60}  # type: ignore[attr-defined]  # wrong on purpose
    with pytest.raises(TypeError, match=r"Route\.ws_options is a WebSocketOptions, not"):
        app_of(resource)


def test_an_option_that_is_the_applications_alone_is_reported_when_the_route_is_added(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.WARNING, "anyws")
    resource = Route(receive_twice)
    resource.ws_options = WebSocketOptions(  # type: ignore[attr-defined]  # set on purpose
        max_receive_queue=1, idle_timeout=5
    )
    app_of(resource)
    assert "the ws_options of Route set max_receive_queue" in caplog.text
    assert "idle_timeout" not in caplog.text
