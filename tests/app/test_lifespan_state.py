"""What the lifespan yields, as every request and every WebSocket sees it."""

from __future__ import annotations

from contextlib import suppress
from types import MappingProxyType
from typing import Any

import pytest

from anyws import App, Request, Response
from anyws.testing import ASGIConductor
from tests.app.lifespans import STARTED, LifespanServer, Managed, manager
from tests.websocket.held import HeldSocket


class Keeping:
    """A resource that keeps its requests."""

    def __init__(self) -> None:
        self.requests: list[Request] = []

    async def on_get(self, req: Request, resp: Response) -> None:
        self.requests.append(req)


async def get(app: App, **scope: Any) -> Request:
    """Make an application answer an HTTP request, and give what it saw of it."""
    keeping = Keeping()
    app.add_route("/http", keeping)
    request = {"type": "http", "method": "GET", "path": "/http", "headers": []} | scope

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(event: Any) -> None:
        """Take the response, which is nothing of interest."""

    await app(request, receive, send)
    return keeping.requests[0]


async def test_a_mapping_that_the_lifespan_yields_fills_the_servers_state_in_place() -> None:
    state: dict[str, object] = {"server": 1}
    app = App(lifespan=manager([], yielded=MappingProxyType({"pool": 2})))
    async with LifespanServer(app, state=state) as server:
        assert await server.startup() == STARTED
        assert server.scope["state"] is state
        assert state == {"server": 1, "pool": 2}
        await server.shutdown()


async def test_where_the_server_has_state_a_request_sees_its_own_copy() -> None:
    app = App(lifespan=manager([], yielded={"pool": 2}))
    async with LifespanServer(app, state={}) as server:
        await server.startup()
        copied = dict(server.scope["state"])
        async with HeldSocket(app, state=copied) as socket:
            assert socket.req.state == {"pool": 2}
            assert socket.req.state is copied
        request = await get(app, state=copied)
        assert request.state is copied
        await server.shutdown()


async def test_where_the_server_has_no_state_a_request_sees_it_all_the_same() -> None:
    app = App(lifespan=manager([], yielded={"pool": 2}))
    async with LifespanServer(app) as server:
        await server.startup()
        assert "state" not in server.scope
        async with HeldSocket(app) as socket:
            assert socket.req.state == {"pool": 2}
            assert "state" not in socket.scope
        assert (await get(app)).state == {"pool": 2}
        await server.shutdown()


async def test_what_one_request_writes_into_its_state_no_other_sees() -> None:
    app = App(lifespan=manager([], yielded={"pool": 2}))
    async with LifespanServer(app) as server:
        await server.startup()
        state: Any = (await get(app)).state
        # A mapping that refuses to be written to keeps the promise as well.
        with suppress(TypeError):
            state["user"] = "first"
        assert (await get(app)).state == {"pool": 2}
        await server.shutdown()


@pytest.mark.parametrize("yielded", [None, "ab", [("a", 1)], object()])
async def test_what_is_no_mapping_is_no_state(yielded: object) -> None:
    app = App(lifespan=manager([], yielded=yielded))
    async with LifespanServer(app, state={}) as server:
        assert await server.startup() == STARTED
        assert server.scope["state"] == {}
        assert (await get(app)).state == {}
        await server.shutdown()


async def test_without_a_lifespan_the_state_is_empty() -> None:
    app = App(lifespan=manager([], yielded={"pool": 2}))
    assert (await get(app)).state == {}
    async with HeldSocket(app) as socket:
        assert socket.req.state == {}


async def test_the_state_of_an_earlier_run_is_gone() -> None:
    log: list[str] = []
    app = App(lifespan=manager(log, yielded={"pool": 2}))
    async with LifespanServer(app) as server:
        await server.startup()
        await server.shutdown()
    assert (await get(app)).state == {}


async def test_the_conductors_requests_have_the_state() -> None:
    keeping = Keeping()
    app = App(lifespan=manager([], yielded={"pool": 2}), middleware=Managed("b", []))
    app.add_route("/", keeping)
    async with ASGIConductor(app) as conductor:
        await conductor.simulate_get("/")
    assert keeping.requests[0].state == {"pool": 2}
