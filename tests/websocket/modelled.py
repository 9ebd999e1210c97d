"""A small model of a connection: what its calls may come to, by what its server has seen.

When the framework reads is its own affair, so the model foretells nothing. It follows what the
server has handed over and what it was given, and of every result it knows whether that may be.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Any, Final

import anyio

from anyws import OperationNotAllowed, PayloadTypeError, WebSocketDisconnected

Event = dict[str, Any]

LOST: Final = 1006
ODD: Final = 1011
TOO_BIG: Final = 1009

SENDS: Final = {"send_text", "send_data", "send_media", "send_json", "send_msgpack"}
# The kinds of message that each receive gives; any other is a PayloadTypeError.
RECEIVES: Final = {
    "receive_text": ("text", "both"),
    "receive_json": ("text", "both"),
    "iter_text": ("text", "both"),
    "receive_data": ("bytes",),
    "receive_msgpack": ("bytes",),
    "iter_data": ("bytes",),
    "receive_media": ("text", "both", "bytes"),
    "iterate": ("text", "both", "bytes"),
}
WATCHES: Final = {"wait_disconnected", "move_on_disconnect", "fail_on_disconnect"}

CANCELLED: Final = object()
"""The result of a call that was cancelled."""


@dataclass
class Call:
    """A call of the application's, and what was true when it began."""

    name: str
    number: int
    phase: str
    end: int | None
    receiving: bool
    discarding: bool
    departing: bool
    """Whether the client has left, and the server tells of it at once."""


@dataclass
class Model:
    """What is known of one connection: our side of it, its end, what came and what went out."""

    queue: int
    phase: str = "connecting"
    """Or "open", "closing", "closed"."""
    _before: str = ""
    end: int | None = None
    departure: int | None = None
    """The code of the departure that the server has told of."""
    deaf: bool = False
    """Whether the server is not to be asked for anything more."""
    asked: set[int] = field(default_factory=set)
    """The codes with which the connection may be closed."""
    suspected: set[int] = field(default_factory=set)
    """The codes with which it may have ended for another reason."""
    doomed: bool = False
    """Whether it is to end for such a reason, in a few turns of the scheduler."""
    unread: deque[Event] = field(default_factory=deque)
    discarding: bool = False
    ending: bool = False
    """Whether the responder has ended, or is about to."""
    written: list[int] = field(default_factory=list)
    """The numbers of the messages that went out."""
    failures: list[Exception] = field(default_factory=list)
    """What the server's `send()` has raised."""
    pending: list[Call] = field(default_factory=list)
    calls: int = 0

    def hand_over(self, event: Event) -> None:
        """The server gives an event, or an error, to who asks for one."""
        assert not self.deaf, "the server was asked after the end"
        kind = event.get("type")
        if kind in ("websocket.disconnect", "error"):
            self.deaf = True
            self.departure = event.get("code", LOST)
            self.end = self.departure if self.end is None else self.end
        elif kind != "websocket.receive":
            self._doom(ODD)
        elif event["form"] == "huge":
            self._doom(TOO_BIG)
        elif self.phase != "closed" and not self.discarding:
            self.unread.append(event)
            # After each failure the framework looks for the reason, also behind a full queue.
            room = self.queue + 1 + len(self.failures)
            assert len(self.unread) <= room or self.ending, "the queue overflows"

    def offer(self, kind: str, number: int) -> None:
        """The server is given an event: an accept, a send, or what closes with a code."""
        assert self.end is None or kind == "deny body", "an event after the end"
        if kind == "send":
            assert self.phase == "open", "a message outside of the connection"
            assert number > max(self.written, default=0), "out of order, or twice"
        elif kind == "accept":
            assert self.phase == "connecting", "a second accept"
            self.phase = "open"
        elif kind == "deny body":
            pass
        else:
            assert self.phase == "connecting" or kind == "close", "a denial after the handshake"
            assert number in self.asked | self.suspected, "a close that nobody asked for"
            self._before, self.phase = self.phase, "closing"
            self.end = number

    def write(self, kind: str, number: int) -> None:
        """What the server was given is on its way to the client."""
        if kind == "send":
            self.written.append(number)

    def let_go(self, kind: str) -> None:
        """The server is done with what it was given."""
        if kind in ("close", "deny body"):
            self.phase = "closed"
            self.unread.clear()

    def fail(self, kind: str, error: Exception) -> None:
        """The server has failed to take what it was given."""
        self.failures.append(error)
        self.doomed |= isinstance(error, OSError)
        if self.doomed:
            self.suspected.add(LOST)
        if kind == "accept":
            self.phase = "connecting"
        elif kind != "send":
            self.suspected.add(LOST)
            self.phase = self._before
            self.end = self.departure

    def see(self, code: int | None) -> None:
        """The application sees this code as that of the end, or None."""
        if self.end is None and code is not None:
            assert code in self.suspected, "it has ended for no reason"
            self.end = code
            if code != LOST:
                # We have given it up.
                self.let_go("close")
        assert code == self.end, f"the end is {self.end}, and not {code}"

    def next_number(self) -> int:
        """A number for a call or a message that no other has."""
        self.calls += 1
        return self.calls

    def begin(self, name: str, *, departing: bool) -> Call:
        """The application begins a call."""
        receiving = any(call.name in RECEIVES for call in self.pending)
        call = Call(
            name,
            self.next_number(),
            self.phase,
            self.end,
            receiving,
            self.discarding,
            departing and 0 < self.queue >= len(self.unread),
        )
        if name == "close":
            self.asked.add(3000 + call.number)
        elif name == "deny":
            self.asked.add(3200 + call.number % 400)
        self.pending.append(call)
        return call

    def judge(self, call: Call, result: object) -> None:
        """The call has come to this: raise `AssertionError` if it may not have."""
        self.pending.remove(call)
        name = call.name
        match result:
            case WebSocketDisconnected():
                assert result.code == self.end, "the code of no end"
                assert name not in ("close", "deny"), "closing what is closed is no error"
                early = call.phase == "connecting"
                assert name != "move_on_disconnect" or early, "it ends quietly"
                assert call.number not in self.written or self.ending, "sent after all"
                if name in RECEIVES and self.phase == "open" and not self.ending:
                    assert not self.unread, "a message was not given"
            case OperationNotAllowed():
                assert self._may_refuse(call), "it was allowed"
            case anyio.BusyResourceError():
                assert name in (*RECEIVES, "discard_incoming"), "it receives nothing"
                assert call.receiving, "nobody else receives"
            case PayloadTypeError():
                assert self._take_message(name)["form"] not in RECEIVES[name], "a fitting kind"
            case Exception():
                assert result in self.failures, "an error from nowhere"
                assert self.end is None, "the connection has ended, and that is what counts"
                assert call.number not in self.written, "it was sent"
            case _ if result is not CANCELLED:
                self._judge_value(call, result)

    def rest(self, incoming: int) -> None:
        """All has come to rest, and the server is willing: nobody waits who need not."""
        assert not self.doomed or self.end is not None, "the end was not noticed"
        full = len(self.unread) > self.queue
        receives = [call for call in self.pending if call.name in RECEIVES]
        assert len(receives) <= 1, "two receive at once"
        for call in self.pending:
            if call in receives:
                assert not self.unread and not incoming, "a message was not given"
                assert not self.deaf and self.phase != "closed", "the end was not told"
            else:
                assert call.name in WATCHES, "it need not wait"
                assert self.end is None and (full or not incoming), "the end was not noticed"

    def _doom(self, code: int) -> None:
        """It is to be closed with a code, and nothing that has come is given any more."""
        self.suspected.add(code)
        self.doomed = self.deaf = True
        self.unread.clear()

    def _take_message(self, name: str) -> Event:
        assert name in RECEIVES, "it receives nothing"
        assert self.unread, "a message twice, or from nowhere"
        return self.unread.popleft()

    def _may_refuse(self, call: Call) -> bool:
        """Whether a call may be one that is not allowed then."""
        early = "connecting" in (call.phase, self.phase) and call.end is None
        if call.name in ("accept", "deny"):
            return call.phase != "connecting" or self.phase != "connecting"
        if call.name in RECEIVES:
            return early or call.discarding
        if call.name in WATCHES:
            return early or (self.queue == 0 and not call.discarding)
        return early and call.name != "close"

    def _judge_value(self, call: Call, value: object) -> None:
        """The call has returned."""
        name = call.name
        if name in RECEIVES:
            message = self._take_message(name)
            assert message["form"] in RECEIVES[name], "an unfitting kind"
            assert message["number"] == value, "another message was to come first"
        elif name in SENDS:
            assert call.number in self.written, "it was not sent"
        elif name == "accept":
            assert call.phase == "connecting", "it was answered already"
            assert not call.departing or self.ending, "the client has left"
        elif name == "discard_incoming":
            self.discarding = True
            self.unread.clear()
        elif name == "finish_first":
            # Our close may have been under way, and the server may have refused it meanwhile.
            assert call.end is None or call.end != self.end, "the connection has ended"
        elif name in WATCHES:
            assert name != "fail_on_disconnect", "it has not failed"
            # One that begins while we close is told of that, though the server may refuse it.
            assert value in (self.end, call.end) and value is not None, "the end of nothing"
        else:
            assert self.end is not None, "it is not closed"
