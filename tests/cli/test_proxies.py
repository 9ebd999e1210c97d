"""What proxies say of the clients for whom they ask."""

from __future__ import annotations

import pytest

from anyws import App, Request, ServeOptions, WebSocket
from anyws._asgi.types import Event, Receive, Scope, Send
from anyws.cli.proxies import ForwardedHeaders, Proxies
from anyws.testing import create_scope, create_scope_ws
from tests.cli.talking import served, talking

PROXY = ("10.0.0.7", 4711)
TRUSTED = ("10.0.0.0/8", "fd00::/8")


async def scope_behind(
    *headers: tuple[str, str],
    client: tuple[str, int] | None = PROXY,
    trusted: tuple[str, ...] = TRUSTED,
    scope: Scope | None = None,
) -> Scope:
    """Give the scope that the application gets."""
    found: list[Scope] = []

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        found.append(scope)

    async def receive() -> Event:
        raise AssertionError

    async def send(event: Event) -> None:
        raise AssertionError

    given = create_scope(host="inside") if scope is None else scope
    given["client"] = client
    given["headers"] = [
        *given["headers"],
        *((n.encode(), v.encode("latin-1")) for n, v in headers),
    ]
    await ForwardedHeaders(application, trusted)(given, receive, send)
    return found[0]


@pytest.mark.parametrize(
    ("forwarded", "client"),
    [
        (["203.0.113.9"], ("203.0.113.9", 0)),
        (["forged, 203.0.113.9"], ("203.0.113.9", 0)),
        (["198.51.100.1, 203.0.113.9, 10.1.1.1"], ("203.0.113.9", 0)),
        (["198.51.100.1", "203.0.113.9", "10.1.1.1, fd00::1"], ("203.0.113.9", 0)),
        (["10.9.9.9, 10.1.1.1"], ("10.9.9.9", 0)),
        (["203.0.113.9:1234"], ("203.0.113.9", 0)),
        (["[2001:db8::1]:1234"], ("2001:db8::1", 0)),
        (["2001:db8::1"], ("2001:db8::1", 0)),
        (["::ffff:203.0.113.9"], ("203.0.113.9", 0)),
        (["unknown, 10.1.1.1"], ("10.1.1.1", 0)),
        (["unknown"], PROXY),
        (["_hidden"], PROXY),
        (["\xff\x00, ,"], PROXY),
        ([""], PROXY),
        (["203.0.113.9, "], ("203.0.113.9", 0)),
        ([","], PROXY),
        (["1" * 10_000], PROXY),
    ],
)
async def test_the_client_is_the_last_one_that_is_no_proxy(
    forwarded: list[str], client: tuple[str, int]
) -> None:
    scope = await scope_behind(*(("x-forwarded-for", value) for value in forwarded))
    assert scope["client"] == client


@pytest.mark.parametrize(
    ("client", "trusted", "believed"),
    [
        (("10.0.0.7", 1), TRUSTED, True),
        (("::ffff:10.0.0.7", 1), TRUSTED, True),
        (("11.0.0.7", 1), TRUSTED, False),
        (("fd00::7", 1), TRUSTED, True),
        (("fe80::7%eth0", 1), TRUSTED, False),
        (None, TRUSTED, False),
        (None, ("unix",), True),
        (("10.0.0.7", 1), ("unix",), False),
        (("11.0.0.7", 1), ("*",), True),
        (None, ("*",), True),
        (("a client", 1), TRUSTED, False),
    ],
)
async def test_only_those_that_are_trusted_are_believed(
    client: tuple[str, int] | None, trusted: tuple[str, ...], believed: bool
) -> None:
    headers = (("X-Forwarded-For", "203.0.113.9"), ("X-Forwarded-Proto", "https"))
    host = ("X-Forwarded-Host", "example.com")
    scope = await scope_behind(*headers, host, client=client, trusted=trusted)
    hosts = [value for name, value in scope["headers"] if name == b"host"]
    if believed:
        assert (scope["client"], scope["scheme"]) == (("203.0.113.9", 0), "https")
        assert hosts == [b"example.com"]
    else:
        assert (scope["client"], scope["scheme"], hosts) == (client, "http", [b"inside"])


@pytest.mark.parametrize(
    ("type", "proto", "scheme"),
    [
        ("http", "https", "https"),
        ("http", "HTTPS", "https"),
        ("http", "http, https", "https"),
        ("http", "javascript", "http"),
        ("http", "wss", "http"),
        ("http", "", "http"),
        ("websocket", "https", "wss"),
        ("websocket", "http", "ws"),
        ("websocket", "wss", "wss"),
        ("websocket", "\xff", "ws"),
    ],
)
async def test_the_scheme_is_one_of_the_scopes_type(type: str, proto: str, scheme: str) -> None:
    scope = create_scope() if type == "http" else create_scope_ws()
    found = await scope_behind(("x-forwarded-proto", proto), scope=scope)
    assert found["scheme"] == scheme


@pytest.mark.parametrize("host", ["a b", "evil\x00", "a/b", "user@a", "a:b", "\xff", ""])
async def test_a_malformed_host_changes_nothing(host: str) -> None:
    found = await scope_behind(("x-forwarded-host", host))
    assert [value for name, value in found["headers"] if name == b"host"] == [b"inside"]


@pytest.mark.parametrize("host", ["example.com", "example.com:8443", "[::1]:80", "xn--a.example"])
async def test_a_host_may_have_a_port(host: str) -> None:
    found = await scope_behind(("x-forwarded-host", f"ignored, {host}"))
    assert [value for name, value in found["headers"] if name == b"host"] == [host.encode()]


async def test_the_servers_own_scope_and_what_the_lifespan_left_in_it_stay_as_they_are() -> None:
    state = {"lock": object()}
    given = create_scope()
    given["state"] = state
    found = await scope_behind(("x-forwarded-for", "203.0.113.9"), scope=given)
    assert found["state"] is state
    assert given["client"] == PROXY


def test_what_is_known_of_an_address_is_looked_up_once() -> None:
    proxies = Proxies(TRUSTED)
    assert all(proxies.trusts(PROXY) for _ in range(3))
    assert proxies._knows.cache_info().misses == 1


class Front:
    """A resource whose pages come from outside."""

    async def on_websocket(self, req: Request, ws: WebSocket) -> None:
        await ws.accept()
        await ws.send_text(f"{req.scheme} {req.remote_addr}")


@pytest.mark.parametrize("trusted", [("127.0.0.0/8",), ()])
async def test_pages_of_the_public_origin_may_connect_through_a_trusted_proxy(
    trusted: tuple[str, ...],
) -> None:
    app = App()
    app.add_route("/", Front())
    said = [
        (b"origin", b"https://example.com"),
        (b"x-forwarded-host", b"example.com"),
        (b"x-forwarded-proto", b"https"),
        (b"x-forwarded-for", b"203.0.113.9"),
    ]
    async with served(app, ServeOptions(trusted_proxies=trusted)) as port:
        if trusted:
            async with talking(port, extra_headers=said) as (talker, _):
                assert await talker.next_text() == "wss 203.0.113.9"
        else:
            with pytest.raises(AssertionError):
                async with talking(port, extra_headers=said):
                    pass
