"""What the handshake's request says, and that the server's scope stays as the server made it."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable

import pytest

from anyws import App, Request, UnsupportedError, WebSocket
from tests.websocket.held import HeldSocket
from tests.websocket.scripted import Route, ScriptedServer, settle


async def test_a_handshake_is_a_get_whose_scheme_is_ws_unless_the_server_says_otherwise() -> None:
    async with HeldSocket() as plain, HeldSocket(scheme="wss") as secure:
        assert plain.req.is_websocket is True
        assert plain.req.method == "GET"
        assert plain.req.scheme == "ws"
        assert secure.req.scheme == "wss"


async def test_a_handshake_has_the_headers_path_and_query_of_a_request() -> None:
    async with HeldSocket(
        path="/rooms/café",
        query_string=b"a=1&b=x%20y",
        headers=[(b"host", b"example.org"), (b"x-tag", b"1"), (b"x-tag", b"2")],
    ) as server:
        assert server.req.path == server.ws.path == "/rooms/café"
        assert server.req.params == {"a": "1", "b": "x y"}
        assert server.req.query_string == server.ws.query_string == "a=1&b=x%20y"
        assert server.req.headers["X-Tag"] == server.ws.headers["x-tag"] == "1, 2"
        assert server.req.host == "example.org"
        assert server.ws.context is server.req.context


async def test_the_body_of_a_handshake_cannot_be_read() -> None:
    async with HeldSocket() as server:
        with pytest.raises(UnsupportedError):
            _ = server.req.stream


@pytest.mark.parametrize("assigned", ["/new", "/"])
async def test_routing_goes_by_the_path_that_middleware_assigned(assigned: str) -> None:
    class Rewriting:
        async def process_request_ws(self, req: Request, ws: WebSocket) -> None:
            req.path = assigned

    called: list[str] = []

    async def respond(req: Request, ws: WebSocket) -> None:
        called.append(req.path)

    async def respond_wrongly(req: Request, ws: WebSocket) -> None:
        called.append("wrong")

    app = App(middleware=Rewriting())
    app.add_route(assigned, Route(respond))
    app.add_route("/old", Route(respond_wrongly))
    async with ScriptedServer(app, path="/old"):
        pass
    assert called == [assigned]


@pytest.mark.parametrize("kind", [list, tuple, iter])
async def test_subprotocols_are_a_tuple_in_the_clients_order(
    kind: Callable[[list[str]], Iterable[str]],
) -> None:
    async with HeldSocket(subprotocols=kind(["b", "a"])) as server:
        assert server.ws.subprotocols == ("b", "a")
        assert server.ws.subprotocols == ("b", "a")


async def test_subprotocols_are_empty_when_the_scope_has_none() -> None:
    without = HeldSocket()
    del without.scope["subprotocols"]
    async with without, HeldSocket(subprotocols=None) as null:
        assert without.ws.subprotocols == ()
        assert null.ws.subprotocols == ()


@pytest.mark.parametrize("kind", [list, tuple, iter])
async def test_addresses_may_be_lists_tuples_and_one_shot_iterators(
    kind: Callable[[list[object]], Iterable[object]],
) -> None:
    address: list[object] = ["192.0.2.1", 5050]
    async with HeldSocket(client=kind(address), server=kind(address)) as server:
        for _ in range(2):
            assert server.req.remote_addr == "192.0.2.1"
            assert server.ws.client_address == ("192.0.2.1", 5050)
            assert server.req.access_route == ["192.0.2.1"]
            assert (server.req.host, server.req.port) == ("192.0.2.1", 5050)


async def test_addresses_may_be_unknown() -> None:
    async with HeldSocket(client=None, server=None) as server:
        assert server.req.remote_addr is None
        assert server.ws.client_address is None
        assert server.req.host == "localhost"


class Curious:
    """A component that looks at what there is, and writes where it may."""

    async def process_request_ws(self, req: Request, ws: WebSocket) -> None:
        req.context.user = "u"
        req.path = "/elsewhere"
        for _ in (req.uri, req.params, req.cookies, req.headers, req.remote_addr, req.state):
            pass


async def test_the_scope_stays_as_the_server_made_it() -> None:
    async def respond(req: Request, ws: WebSocket) -> None:
        await ws.accept("v1", [("x-a", "b")])
        await ws.send_text(await ws.receive_text())

    app = App(middleware=Curious())
    app.add_route("/elsewhere", Route(respond))
    server = ScriptedServer(
        app,
        path="/here",
        query_string=b"a=1",
        subprotocols=["v1", "v2"],
        headers=[(b"cookie", b"a=b"), (b"host", b"example.org")],
        client=["192.0.2.1", 5050],
        server=["192.0.2.2", 443],
        extensions={"websocket.http.response": {}},
    )
    before = copy.deepcopy(server.scope)
    async with server:
        server.push_text("hello")
        await settle()
    assert server.texts() == ["hello"]
    assert server.scope == before
