"""`before` and `after` around `on_websocket`."""

from __future__ import annotations

import pytest

from anyws import App, Request, WebSocket, after, before
from tests.websocket.components import Step
from tests.websocket.responders import accept_and_close, close, talk_until_left
from tests.websocket.scripted import ScriptedServer


async def test_a_before_hook_gets_the_websocket_in_place_of_the_response() -> None:
    seen: list[object] = []

    async def look(
        req: Request, resp: object, resource: object, params: dict[str, object]
    ) -> None:
        seen.extend([resp, resource, dict(params)])
        params["name"] = "changed"

    class Things:
        @before(look)
        async def on_websocket(self, req: Request, ws: WebSocket, *, name: str) -> None:
            seen.extend([ws, name])

    app = App()
    things = Things()
    app.add_route("/{name}", things)
    async with ScriptedServer(app, path="/x"):
        pass
    given, resource, params, ws, name = seen
    assert given is ws
    assert resource is things
    assert params == {"name": "x"}
    assert name == "changed"


async def test_an_after_hook_on_a_class_runs_when_its_on_websocket_has_returned() -> None:
    seen: list[object] = []

    async def look(req: Request, resp: WebSocket, resource: object) -> None:
        seen.append(resp)
        await resp.send_text("after")

    @after(look)
    class Things:
        async def on_websocket(self, req: Request, ws: WebSocket) -> None:
            seen.append(ws)
            await ws.accept()

    app = App()
    app.add_route("/", Things())
    async with ScriptedServer(app) as server:
        pass
    assert server.kinds() == ["accept", "send", "close"]
    assert seen[0] is seen[1]


@pytest.mark.parametrize("step", [close, accept_and_close, talk_until_left])
async def test_a_socket_that_is_closed_in_a_before_hook_goes_no_further(step: Step) -> None:
    calls: list[str] = []

    async def hook(req: Request, ws: WebSocket, resource: object, params: object) -> None:
        await step(req, ws)

    async def note(req: Request, ws: WebSocket, resource: object, params: object) -> None:
        calls.append("second hook")

    class Things:
        @before(hook)
        @before(note)
        async def on_websocket(self, req: Request, ws: WebSocket) -> None:
            calls.append("responder")

    app = App()
    app.add_route("/", Things())
    async with ScriptedServer(app) as server:
        server.push_disconnect()
    assert calls == []
    assert server.kinds().count("close") == (step is not talk_until_left)
