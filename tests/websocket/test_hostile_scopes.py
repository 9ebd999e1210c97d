"""Whatever a server says, an application answers with a documented error or a clean end."""

from __future__ import annotations

from collections import deque

import anyio
import pytest
from anyio.lowlevel import checkpoint
from hypothesis import given
from hypothesis import strategies as st

from anyws import App, Request, Response, UnsupportedError, UnsupportedScopeError, WebSocket
from anyws._asgi.types import Event, Scope
from tests.websocket.fuzzing import fuzzed
from tests.websocket.hostile import (
    MISSING,
    ODD,
    http_events,
    openings,
    scopes,
    websocket_events,
)

pytestmark = pytest.mark.usefixtures("quiet")

LONGEST = 2
"""Seconds that an exchange may take, in which nobody waits for anything."""


class Server:
    """A server that says these things, then that the client has left, and then nothing."""

    def __init__(self, events: list[Event], last: str) -> None:
        self.sent: list[Event] = []
        self.is_over = False
        """Whether it has said that the client has left."""
        self._events = deque([*events, {"type": last}])

    async def receive(self) -> Event:
        await checkpoint()
        if not self._events:
            await anyio.sleep_forever()
        event = self._events.popleft()
        self.is_over |= str(event.get("type")).endswith(".disconnect")
        return event

    async def send(self, event: Event) -> None:
        await checkpoint()
        self.sent.append(event)

    def kinds(self) -> list[str]:
        """The types of the events that the application has sent, without their prefix."""
        return [event["type"].partition(".")[2] for event in self.sent]


class Curious:
    """A resource that looks at everything there is to see."""

    def __init__(self, manner: str) -> None:
        self._manner = manner

    async def on_websocket(self, req: Request, ws: WebSocket) -> None:
        if self._manner == "looks first":
            look_at(req)
            look_at(ws)
        await ws.accept(ws.subprotocols[0] if ws.subprotocols else None)
        match self._manner:
            case "iterates":
                async for message in ws:
                    await ws.send_media(str(message))
            case "watches":
                with ws.move_on_disconnect():
                    await anyio.sleep_forever()
            case "discards":
                ws.discard_incoming()
                await ws.wait_disconnected()
            case _:
                while True:
                    await ws.receive_text()

    async def on_get(self, req: Request, resp: Response) -> None:
        if self._manner == "looks first":
            look_at(req)
        resp.text = "got"

    async def on_post(self, req: Request, resp: Response) -> None:
        resp.data = await req.stream.readall()


def look_at(thing: object) -> None:
    """Look at every property that an object has."""
    for name in dir(type(thing)):
        if not name.startswith("_") and not callable(getattr(type(thing), name)):
            getattr(thing, name)


manners = st.sampled_from(["looks first", "receives", "iterates", "watches", "discards"])


async def serve(manner: str, scope: Scope, server: Server) -> None:
    """Serve a scope. What comes out is no error that is documented."""
    app = App()
    app.add_route("/", Curious(manner))
    try:
        with anyio.fail_after(LONGEST):
            await app(scope, server.receive, server.send)
    except (UnsupportedScopeError, UnsupportedError):
        assert server.sent == []
        server.is_over = True


@fuzzed(2800)
@given(
    manner=manners,
    scope=scopes("websocket"),
    opening=openings,
    # A departure behind a full queue is not seen by those who only watch.
    events=st.lists(websocket_events, max_size=4),
)
async def test_a_websocket_of_any_scope_and_events_ends_cleanly_or_is_not_supported(
    manner: str, scope: Scope, opening: Event, events: list[Event]
) -> None:
    server = Server([opening, *events], "websocket.disconnect")
    await serve(manner, scope, server)
    kinds = server.kinds()
    assert server.is_over or kinds[-1] == "close"
    assert set(kinds[1:-1]) <= {"send"}
    assert kinds.count("close") <= 1
    assert not kinds or kinds[0] == "accept" or kinds == ["close"]
    for event in server.sent:
        if event["type"] == "websocket.close":
            assert 1000 <= event["code"] <= 4999


@fuzzed(600)
@given(manner=manners, scope=scopes("http"), events=st.lists(http_events, min_size=1, max_size=4))
async def test_a_request_of_any_scope_and_events_is_answered_or_not_supported(
    manner: str, scope: Scope, events: list[Event]
) -> None:
    server = Server(events, "http.disconnect")
    await serve(manner, scope, server)
    kinds = server.kinds()
    if kinds:
        assert kinds[0] == "response.start"
        assert set(kinds[1:]) == {"response.body"}
        assert not server.sent[-1]["more_body"]
    else:
        # Without a response it is for the server to fail.
        is_broken = any(not isinstance(event.get("body", b""), bytes) for event in events)
        assert server.is_over or is_broken


@pytest.mark.parametrize("kind", ODD, ids=repr)
async def test_a_scope_without_a_type_that_is_known_is_not_supported(kind: object) -> None:
    scope: Scope = {} if kind is MISSING else {"type": kind}
    server = Server([], "websocket.disconnect")
    with pytest.raises(UnsupportedScopeError):
        await App()(scope, server.receive, server.send)
    assert server.sent == []
