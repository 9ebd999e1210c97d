"""One WebSocket as a server sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio
from anyio.lowlevel import checkpoint, checkpoint_if_cancelled

from anyws._asgi import events as names
from anyws._concurrency import shielded
from anyws.testing import events, protocol, telling
from anyws.testing.events import IllegalEvent
from anyws.testing.journal import Direction
from anyws.testing.patience import LAST_WORDS
from anyws.testing.protocol import SocketPhase
from anyws.testing.result import Result
from anyws.testing.telling import End

if TYPE_CHECKING:
    from anyws._asgi.types import Event, Scope
    from anyws.testing.link import WebSocketLink


class WebSocketExchange:
    """The server's end of a connection.

    Every decision is taken in a plain function; what is asynchronous waits for the client alone.
    """

    def __init__(self, scope: Scope, link: WebSocketLink) -> None:
        self._link = link
        self._line = link.line
        self._server = link.line.server
        self._offered: list[str] = scope["subprotocols"]
        self._phase = SocketPhase.UNREAD
        self._response: events.ResponseStart | None = None
        self._response_body = bytearray()

    async def receive(self) -> Event:
        """Give the application its next event.

        A cancelled call leaves the event for the next one. After the disconnect there is nothing
        more to ask for: servers block for ever then, and a strict one has it an `IllegalEvent`.
        """
        await checkpoint_if_cancelled()
        try:
            event = await self._link.to_app.take()
        except anyio.EndOfStream:
            pass
        else:
            self._link.last_read = event["type"]
            if event["type"] == names.WEBSOCKET_CONNECT:
                self._phase = SocketPhase.HANDSHAKE
            return event
        if self._server.forbids_receive_after_end:
            raise self._violated(
                "the application called receive() again after websocket.disconnect; "
                "on a real server that call never returns: stop at the first disconnect"
            )
        self._link.last_read = "websocket.disconnect, called receive() again, which never returns,"
        while True:
            await anyio.sleep_forever()

    async def send(self, event: Event) -> None:
        """Take an event of the application.

        With a strict server it has gone out when the call first suspends, which it does only
        while the client is far behind: a cancellation leaves it sent. After the client has left
        it raises `OSError` from specification version 2.4 on, and does nothing before.
        """
        try:
            await self._turn()
        except anyio.get_cancelled_exc_class():
            self._link.lose(event)
            raise
        self._link.last_sent = event.get("type")
        self._line.note(Direction.TO_CLIENT, event)
        said = self._admit(event)
        if not self._link.over:
            self._act(said)
        elif self._link.features.sends_raise:
            code = None if self._link.end is None else self._link.end.code
            raise OSError(
                f"the client of {self._line.label} has left the WebSocket, with code {code}"
            )
        if self._server.sends_before_waiting:
            await self._room()

    def finish(self, failure: Exception | None, *, cancelled: bool) -> None:
        """End the connection, since the application has returned, raised or been cancelled."""
        unanswered = not self._link.over and self._link.accepted is None
        if unanswered and failure is None and not cancelled:
            failure = self._violated(
                "the application returned without having accepted or denied the handshake"
            )
        closes = self._server.closes_cancelled if cancelled else self._server.closes_returned
        code = telling.INTERNAL_ERROR if closes or unanswered else telling.ABNORMAL_CLOSURE
        end = End(code, cause=failure)
        self._link.finish(end, (end,))

    def stop(self) -> bool:
        """End the connection, as a server does that is stopped.

        False where the server has nothing to say and cancels the application instead.
        """
        if self._server.cancels_at_shutdown:
            return False
        accepted = self._link.accepted is not None
        code = telling.SERVICE_RESTART if accepted else telling.INTERNAL_ERROR
        self._link.finish(End(code), telling.of_shutdown(self._server, accepted=accepted))
        return True

    @property
    def violation(self) -> IllegalEvent | None:
        """What the application did wrong."""
        return self._link.violation

    def last_words(self) -> str:
        """Say what the application has read and sent last."""
        return self._link.last_words()

    async def _turn(self) -> None:
        """Wait as long as the server does before it sends."""
        if self._server.sends_suspend:
            await checkpoint()
        if not self._server.sends_before_waiting:
            await self._room()

    async def _room(self) -> None:
        """Wait as long as the client is too far behind."""
        if not self._link.to_client.is_full:
            return
        with self._line.stuck.waiting(self._line.label):
            if self._server.cancels_stuck_sends:
                await self._link.to_client.room()
                return
            with shielded(LAST_WORDS):
                await self._link.to_client.room()

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
                self._deny(self._response_body)

    def _close(self, close: events.Close) -> None:
        end = End(close.code, close.reason if self._link.features.reasons else None)
        if self._link.accepted is None:
            self._refuse(end)
            return
        told = telling.of_own_close(self._server, end)
        self._link.finish(end, told, at_once=self._server.tells_own_close)

    def _refuse(self, end: End) -> None:
        code = protocol.code_seen_by_client(end.code)
        if self._server.refuses_with_403:
            code = 3403
            self._link.denial = Result(403, ((b"content-length", b"0"),), b"")
        self._link.finish(End(code, end.reason), telling.of_refusal(self._server, end))

    def _deny(self, body: bytes | bytearray) -> None:
        assert self._response is not None
        status = self._response.status
        self._link.denial = Result(status, self._response.headers, bytes(body))
        self._link.finish(End(3000 + status), telling.of_denial(self._server))

    def _violated(self, what: str) -> IllegalEvent:
        illegal = IllegalEvent(what)
        self._link.violate(illegal)
        return illegal
