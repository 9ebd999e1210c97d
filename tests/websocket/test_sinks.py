"""Sinks that serve WebSockets."""

from __future__ import annotations

from anyws import App, Request, WebSocket
from tests.websocket.scripted import Route, ScriptedServer


class Sink:
    """A sink that notes how it was called."""

    def __init__(self) -> None:
        self.calls: list[tuple[tuple[object, ...], dict[str, object]]] = []

    async def serve(self, *args: object, ws: WebSocket, **kwargs: object) -> None:
        self.calls.append((args, {"ws": ws, **kwargs}))
        await ws.accept()


async def test_a_sink_gets_the_websocket_and_the_groups_by_name() -> None:
    sink = Sink()
    app = App()
    app.add_sink(sink.serve, r"/files/(?P<name>\w+)")
    async with ScriptedServer(app, path="/files/a") as server:
        pass
    assert server.kinds() == ["accept", "close"]
    [((req, resp), named)] = sink.calls
    assert isinstance(req, Request)
    assert resp is None
    assert isinstance(named.pop("ws"), WebSocket)
    assert named == {"name": "a"}


async def test_of_the_sinks_that_take_a_websocket_the_newest_that_matches_is_called() -> None:
    older, newest, elsewhere = Sink(), Sink(), Sink()

    async def for_requests(req: object, resp: object, **groups: object) -> None:
        raise AssertionError("it can't take a WebSocket")

    app = App()
    app.add_sink(older.serve, "/files")
    app.add_sink(newest.serve, "/files")
    app.add_sink(elsewhere.serve, "/other")
    app.add_sink(for_requests, "/files")
    async with ScriptedServer(app, path="/files/a") as server:
        pass
    assert server.kinds() == ["accept", "close"]
    assert [len(sink.calls) for sink in (older, newest, elsewhere)] == [0, 1, 0]


async def test_a_path_whose_sinks_take_no_websocket_has_no_route() -> None:
    async def for_requests(req: object, resp: object) -> None:
        raise AssertionError("it can't take a WebSocket")

    app = App()
    app.add_sink(for_requests, "/")
    async with ScriptedServer(app, path="/files/a") as server:
        pass
    assert server.close_event["code"] == 3404


async def test_a_route_goes_before_every_sink() -> None:
    routed = []
    sink = Sink()

    async def respond(req: Request, ws: WebSocket) -> None:
        routed.append(ws)

    app = App()
    app.add_route("/", Route(respond))
    app.add_sink(sink.serve, "/")
    async with ScriptedServer(app):
        pass
    assert len(routed) == 1
    assert sink.calls == []


async def test_a_route_without_on_websocket_is_not_left_to_a_sink() -> None:
    class Page:
        async def on_get(self, req: object, resp: object) -> None: ...

    sink = Sink()
    app = App()
    app.add_route("/", Page())
    app.add_sink(sink.serve, "/")
    async with ScriptedServer(app) as server:
        pass
    assert server.close_event["code"] == 3405
    assert sink.calls == []
