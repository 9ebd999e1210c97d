"""The versions and the first event that a server has to offer, and how it is refused otherwise."""

from __future__ import annotations

from typing import Any

import pytest

from anyws import App, Request, UnsupportedError, UnsupportedScopeError, WebSocket
from tests.websocket.held import HeldSocket, asgi
from tests.websocket.scripted import ScriptedServer


class Witness:
    """A middleware component and a resource that note what is called."""

    def __init__(self) -> None:
        self.calls: list[str] = []

    async def process_request_ws(self, req: Request, ws: WebSocket) -> None:
        self.calls.append("middleware")

    async def on_websocket(self, req: Request, ws: WebSocket) -> None:
        self.calls.append("responder")
        await ws.accept()


def witnessed() -> tuple[App, Witness]:
    witness = Witness()
    app = App(middleware=witness)
    app.add_route("/", witness)
    return app, witness


async def refuse(error: type[Exception], **scope: Any) -> str:
    """Have an application refuse a scope before anything is sent or called; give the message."""
    app, witness = witnessed()
    server = ScriptedServer(app, **scope)
    with pytest.raises(error) as raised:
        async with server:
            pass
    assert server.sent == []
    assert witness.calls == []
    return str(raised.value)


@pytest.mark.parametrize("kind", ["mqtt", "websocket.http", "WEBSOCKET", ""])
async def test_a_scope_of_an_unknown_type_is_refused_and_nothing_is_sent(kind: str) -> None:
    message = await refuse(UnsupportedScopeError, type=kind)
    assert repr(kind) in message


def test_the_errors_of_a_refused_scope_are_runtime_errors() -> None:
    assert issubclass(UnsupportedScopeError, RuntimeError)
    assert issubclass(UnsupportedError, RuntimeError)


@pytest.mark.parametrize("version", ["2.0", "2.1", "2.3", "2.4", "2.10"])
async def test_every_specification_2_x_is_served(version: str) -> None:
    async with HeldSocket(asgi=asgi(version)) as server:
        assert server.kinds() == ["accept"]


@pytest.mark.parametrize("version", ["1.0", "1.9", "3.0", "3.1", "20.5"])
async def test_another_specification_is_refused_and_no_close_is_sent(version: str) -> None:
    message = await refuse(UnsupportedScopeError, asgi=asgi(version))
    assert version in message


MALFORMED = ["2.x", "2.3rc1", "2.", ".3", "2", "", " 2.3", "2.3\n", "2.3.1", "\uff12.3", 2.3, None]


@pytest.mark.parametrize("version", MALFORMED)
async def test_a_malformed_specification_version_is_an_unsupported_scope(version: object) -> None:
    message = await refuse(UnsupportedScopeError, asgi=asgi(version))
    assert repr(version) in message


async def test_a_server_that_names_no_specification_speaks_2_0() -> None:
    async with HeldSocket(asgi={"version": "3.0"}) as server:
        assert not server.ws.supports_accept_headers
        await server.ws.close(4000, "reason")
    assert server.close_event == {"type": "websocket.close", "code": 4000}


@pytest.mark.parametrize("version", ["1.1", "2", "2.0", "3"])
async def test_a_websocket_is_served_over_http_1_1_and_later(version: str) -> None:
    async with HeldSocket(http_version=version) as server:
        assert server.kinds() == ["accept"]


async def test_a_scope_without_an_http_version_is_one_of_http_1_1() -> None:
    server = HeldSocket()
    assert "http_version" not in server.scope
    async with server:
        assert server.kinds() == ["accept"]


async def test_http_1_0_is_refused_and_no_close_is_sent() -> None:
    await refuse(UnsupportedError, http_version="1.0")


async def test_to_a_client_that_left_before_the_handshake_nothing_is_sent() -> None:
    app, witness = witnessed()
    async with ScriptedServer(app, connect=False) as server:
        server.push_disconnect(1006)
    assert server.sent == []
    assert witness.calls == []
    assert server.receives == 1


@pytest.mark.parametrize("kind", ["websocket.receive", "http.request", "websocket.accept"])
async def test_a_first_event_out_of_place_is_closed_with_1011_and_nobody_is_called(
    kind: str,
) -> None:
    app, witness = witnessed()
    async with ScriptedServer(app, connect=False) as server:
        server.push(kind)
    assert server.sent == [
        {"type": "websocket.close", "code": 1011, "reason": "Internal Server Error"}
    ]
    assert witness.calls == []
    assert server.receives == 1


async def test_a_first_event_out_of_place_is_closed_without_a_reason_before_2_3() -> None:
    app, _ = witnessed()
    async with ScriptedServer(app, connect=False, asgi=asgi("2.2")) as server:
        server.push_text("early")
    assert server.sent == [{"type": "websocket.close", "code": 1011}]


async def test_only_the_connect_is_awaited_before_the_application_is_called() -> None:
    async with HeldSocket(accept=False) as server:
        assert server.receives == 1
