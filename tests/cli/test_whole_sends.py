"""Where the launcher tells the application that a cancelled send is whole."""

from __future__ import annotations

from anyws._asgi.types import Receive, Scope, Send
from anyws.cli.options import ServeOptions
from tests.cli.talking import served, talking
from tests.cli.tunnels import tunnelling


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Say what the server's extensions are."""
    if scope["type"] == "lifespan":
        return
    await receive()
    await send({"type": "websocket.accept"})
    await send({"type": "websocket.send", "text": " ".join(sorted(scope["extensions"]))})
    await receive()


async def test_it_says_so_on_trio_beside_hypercorns_own_extensions(backend_name: str) -> None:
    async with served(app, ServeOptions()) as port, talking(port) as (talker, _):
        said = (await talker.next_text()).split()
    own = ["anyws.whole_sends"] if backend_name == "trio" else []
    assert said == [*own, "websocket.http.response"]


async def test_it_does_not_say_so_over_http_2_where_a_send_may_wait_for_the_clients_window() -> (
    None
):
    async with served(app, ServeOptions()) as port, tunnelling(port) as talker:
        assert await talker.next_text() == "websocket.http.response"
