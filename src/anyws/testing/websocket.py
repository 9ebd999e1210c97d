"""One WebSocket as a server sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio
from anyio.lowlevel import checkpoint_if_cancelled

from anyws._asgi import events as names
from anyws.testing import events, protocol
from anyws.testing.events import IllegalEvent
from anyws.testing.link import ABNORMAL_CLOSURE, INTERNAL_ERROR, End, WebSocketLink
from anyws.testing.protocol import SocketPhase
from anyws.testing.result import Result

if TYPE_CHECKING:
    from anyws._asgi.types import Event, Scope


class WebSocketExchange:
    """The server's end of a connection.

    Every decision is taken in a plain function; what is asynchronous waits for the client alone.
    """

    def __init__(self, scope: Scope, link: WebSocketLink) -> None:
        self._link = link
        self._offered: list[str] = scope["subprotocols"]
        self._phase = SocketPhase.UNREAD
        self._response: events.ResponseStart | None = None
        self._response_body = bytearray()

    async def receive(self) -> Event:
        """Give the application its next event.

        A cancelled call leaves the event for the next one. After the disconnect there is nothing
        more to ask for: servers block for ever then, so here it is an `IllegalEvent`.
        """
        await checkpoint_if_cancelled()
        try:
            event = await self._link.to_app.take()
        except anyio.EndOfStream:
            raise self._violated(
                "the application called receive() again after websocket.disconnect; "
                "on a real server that call never returns: stop at the first disconnect"
            ) from None
        self._link.last_read = event["type"]
        if event["type"] == names.WEBSOCKET_CONNECT:
            self._phase = SocketPhase.HANDSHAKE
        return event

    async def send(self, event: Event) -> None:
        """Take an event of the application.

        It has gone out when the call first suspends, which it does only while more than
        `CAPACITY` messages wait for the client: a cancellation leaves it sent. After the client
        has left it raises `OSError` from specification version 2.4 on, and does nothing before.
        """
        self._link.last_sent = event.get("type")
        said = self._admit(event)
        if self._link.end is None:
            self._act(said)
        elif self._link.features.sends_raise:
            raise OSError(f"the client has left the WebSocket, with code {self._link.end.code}")
        await self._link.to_client.room()

    def finish(self, failure: Exception | None) -> None:
        """End the connection, since the application has returned or raised."""
        if self._link.end is None and self._link.accepted is None and failure is None:
            failure = self._violated(
                "the application returned without having accepted or denied the handshake"
            )
        self._link.finish(End(INTERNAL_ERROR, cause=failure))

    def _admit(self, event: Event) -> events.SocketEvent:
        """Check an event in itself and against the phase, which goes on to the next."""
        try:
            said = events.parse(events.WEBSOCKET_EVENTS, event)
            phase = protocol.step(protocol.SOCKET, self._phase, said, event)
            self._check(said)
        except IllegalEvent as illegal:
            self._link.violate(illegal)
            raise
        self._phase = phase
        return said

    def _check(self, said: events.SocketEvent) -> None:
        match said:
            case events.Accept(subprotocol=str(chosen)) if chosen not in self._offered:
                raise IllegalEvent(
                    f"the application accepted the subprotocol {chosen!r}, "
                    f"which is not among those that the client offers: {self._offered!r}"
                )
            case events.ResponseStart() if not self._link.features.denial_responses:
                raise IllegalEvent(
                    "the application denied the handshake with a response, but the scope has no "
                    "extension websocket.http.response"
                )
            case events.Close() if self._phase is SocketPhase.OPEN:
                protocol.check_close(said)
            case _:
                pass

    def _act(self, said: events.SocketEvent) -> None:
        match said:
            case events.Accept(subprotocol, headers):
                kept = headers if self._link.features.accept_headers else ()
                self._link.accepted = events.Accept(subprotocol, kept)
                self._link.settled.set()
            case events.Message(payload):
                self._link.to_client.put(payload)
            case events.Close():
                self._close(said)
            case events.ResponseStart():
                self._response = said
            case events.ResponsePart(body):
                self._response_body += body
            case events.ResponseEnd(body):
                self._response_body += body
                self._deny()

    def _close(self, close: events.Close) -> None:
        code = close.code
        if self._link.accepted is None:
            code = protocol.code_seen_by_client(code)
        reason = close.reason if self._link.features.reasons else None
        self._link.finish(End(code, reason), told=close.code)

    def _deny(self) -> None:
        assert self._response is not None
        status = self._response.status
        self._link.denial = Result(status, self._response.headers, bytes(self._response_body))
        self._link.finish(End(3000 + status), told=ABNORMAL_CLOSURE)

    def _violated(self, what: str) -> IllegalEvent:
        illegal = IllegalEvent(what)
        self._link.violate(illegal)
        return illegal
