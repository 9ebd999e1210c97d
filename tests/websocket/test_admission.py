"""Who is let in: pages of allowed origins, and only so many connections at once."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from anyws import App, Request, WebSocket
from anyws.app.admission import is_same_origin
from tests.websocket.held import HeldSocket
from tests.websocket.scripted import Route, ScriptedServer, app_with


def headers(origin: str | None, host: str | None = "example.com") -> dict[str, Any]:
    fields = [(b"host", host), (b"origin", origin)]
    return {"headers": [(name, value.encode()) for name, value in fields if value is not None]}


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("https://example.com", "example.com"),
        ("http://example.com", "example.com"),
        ("https://EXAMPLE.com", "Example.COM"),
        ("https://example.com:443", "example.com"),
        ("https://example.com", "example.com:443"),
        ("http://example.com", "example.com:80"),
        ("http://localhost:8000", "localhost:8000"),
        ("http://[::1]:8000", "[::1]:8000"),
        ("https://example.com:80", "example.com:80"),
    ],
)
def test_the_same_origin_is_the_same_host_and_port(origin: str, host: str) -> None:
    assert is_same_origin(origin, host)


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("https://evil.example", "example.com"),
        ("https://example.com.evil.example", "example.com"),
        ("https://sub.example.com", "example.com"),
        ("https://example.com:8443", "example.com"),
        ("https://example.com", "example.com:8443"),
        ("http://example.com", "example.com:443"),
        ("https://example.com@evil.example", "evil.example"),
        ("https://user@example.com", "example.com"),
        ("https://example.com/", "example.com"),
        ("https://example.com/path", "example.com"),
        ("https://example.com, https://evil.example", "example.com"),
        ("https://example.com https://evil.example", "example.com"),
        ("example.com", "example.com"),
        ("//example.com", "example.com"),
        ("https://", ""),
        ("https://example.com:", "example.com"),
        ("https://example.com:port", "example.com"),
        ("https://example.com:99999", "example.com:99999"),
        ("null", "null"),
        ("", ""),
        ("https://example.com", ""),
    ],
)
def test_anything_else_is_another_origin(origin: str, host: str) -> None:
    assert not is_same_origin(origin, host)


async def test_a_page_of_another_origin_is_refused_before_any_middleware(
    caplog: pytest.LogCaptureFixture,
) -> None:
    class Middleware:
        async def process_request_ws(self, req: Request, ws: WebSocket) -> None:
            raise AssertionError

        async def process_disconnect_ws(
            self, req: Request, ws: WebSocket, resource: object, error: Exception | None
        ) -> None:
            raise AssertionError

    app = App(middleware=Middleware())
    async with ScriptedServer(app, **headers("https://evil.example")) as server:
        pass
    assert server.sent == [{"type": "websocket.close", "code": 3403, "reason": "Forbidden"}]
    [line] = caplog.messages
    for word in ("https://evil.example", "example.com", "allowed_origins", "proxy"):
        assert word in line


async def test_the_log_of_a_refusal_by_a_list_does_not_speak_of_the_host_as_another(
    caplog: pytest.LogCaptureFixture,
) -> None:
    app = App()
    app.ws_options.allowed_origins = ["https://friend.example"]
    async with ScriptedServer(app, **headers("https://example.com")):
        pass
    [line] = caplog.messages
    assert "'https://example.com'; the Host header says 'example.com'" in line
    assert "is not that" not in line


@pytest.mark.parametrize("origin", [None, "https://example.com"])
async def test_a_client_without_origin_and_a_page_of_the_same_origin_are_let_in(
    origin: str | None,
) -> None:
    async with HeldSocket(**headers(origin)) as server:
        assert server.ws.ready


@pytest.mark.parametrize(
    ("allowed", "origin", "let_in"),
    [
        ("*", "https://evil.example", True),
        ("*", "null", True),
        (["https://app.example"], "https://app.example", True),
        (["https://App.Example"], "https://app.example", True),
        (["https://app.example"], "http://app.example", False),
        (["https://app.example"], "https://app.example:8443", False),
        (["https://app.example"], "https://example.com", False),
        (["https://app.example"], "null", False),
        ([], "https://example.com", False),
    ],
)
async def test_listed_origins_are_exact(
    allowed: str | list[str], origin: str, let_in: bool
) -> None:
    app = app_with(accept_once, allowed_origins=allowed)
    async with ScriptedServer(app, **headers(origin)) as server:
        pass
    assert (server.kinds()[0] == "accept") == let_in


async def accept_once(req: Request, ws: WebSocket) -> None:
    await ws.accept()


@pytest.mark.parametrize(
    "value",
    [
        "https://app.example",
        "same_origin",
        ["https://app.example/"],
        ["app.example"],
        ["https://*.example"],
        ["https://app.example:443"],
        ["null"],
        [None],
        None,
        7,
    ],
)
def test_origins_that_can_never_work_are_refused_when_they_are_set(value: Any) -> None:
    with pytest.raises(ValueError, match=r"allowed_origins must be 'same-origin'"):
        App().ws_options.allowed_origins = value


async def test_more_connections_than_there_may_be_get_a_503(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO, "anyws")
    app = App()
    app.ws_options.max_connections = 1
    app.add_route("/second", Route(accept_once))
    extension: dict[str, Any] = {"extensions": {"websocket.http.response": {}}}
    async with HeldSocket(app):
        async with ScriptedServer(app, path="/second", **extension) as second:
            pass
        start = second.sent[0]
        assert (start["type"], start["status"]) == ("websocket.http.response.start", 503)
        assert b"retry-after" in dict(start["headers"])
        async with ScriptedServer(app, path="/second") as third:
            pass
        assert third.close_event["code"] == 1013
        assert "max_connections" in caplog.text
    async with ScriptedServer(app, path="/second") as fourth:
        pass
    assert fourth.kinds()[0] == "accept"
