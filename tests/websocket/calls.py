"""The coroutine methods of a WebSocket, and situations that make a difference to them."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

import anyio

from anyws import WebSocket


class Situation(Enum):
    """What else is the matter while a call is cancelled."""

    NOTHING = "nothing"
    NO_QUEUE = "nothing is read ahead"
    READ_AHEAD = "messages are read ahead"
    TALKING = "a message has gone out"
    CROWDED = "another task sends"
    LEFT = "the client has left"
    FAILING = "the server fails"
    LOST = "the server finds it lost"


@dataclass(frozen=True)
class Call:
    """A coroutine method of a WebSocket, and how it is called."""

    name: str
    make: Callable[[WebSocket], Coroutine[Any, Any, object]]
    accepted: bool = True
    sends: bool = False
    binary: bool = False
    watches: bool = False
    """Whether it needs somebody to read ahead."""
    endless: bool = False
    """Whether it lasts until the client leaves."""
    discards: bool = False
    """Whether what the client sends is thrown away from then on."""

    def fits(self, situation: Situation) -> bool:
        """Whether the situation makes a difference to the call."""
        match situation:
            case Situation.FAILING | Situation.LOST:
                return self.sends
            case Situation.READ_AHEAD | Situation.TALKING:
                return self.accepted and not self.endless
            case Situation.CROWDED:
                return self.accepted and self.sends
            case Situation.NO_QUEUE:
                return not self.watches and not self.endless
            case Situation.NOTHING:
                return not self.endless
        return True


async def _inside(scope: Any, call: Callable[[], Coroutine[Any, Any, object]]) -> object:
    with scope:
        return await call()
    return None


async def _within(block: Any, call: Callable[[], Coroutine[Any, Any, object]]) -> object:
    async with block:
        return await call()


def _discarding(
    ws: WebSocket, call: Callable[[], Coroutine[Any, Any, object]]
) -> Coroutine[Any, Any, object]:
    ws.discard_incoming()
    return call()


async def _first(messages: Any) -> object:
    async for message in messages:
        return message
    return None


CALLS: Final = [
    Call("accept", lambda ws: ws.accept(), accepted=False, sends=True),
    Call(
        "accept with a subprotocol and headers",
        lambda ws: ws.accept("chat", [("x-a", "b")]),
        accepted=False,
        sends=True,
    ),
    Call("deny", lambda ws: ws.deny(403, text="no"), accepted=False, sends=True),
    Call("close in the handshake", lambda ws: ws.close(), accepted=False, sends=True),
    Call("close", lambda ws: ws.close(4000, "reason"), sends=True),
    Call("send_text", lambda ws: ws.send_text("sent"), sends=True),
    Call("send_data", lambda ws: ws.send_data(b"sent"), sends=True),
    Call("send_media", lambda ws: ws.send_media("sent"), sends=True),
    Call("send_json", lambda ws: ws.send_json("sent"), sends=True),
    Call("send_msgpack", lambda ws: ws.send_msgpack("sent"), sends=True),
    Call("receive_text", lambda ws: ws.receive_text()),
    Call("receive_data", lambda ws: ws.receive_data(), binary=True),
    Call("receive_media", lambda ws: ws.receive_media()),
    Call("receive_json", lambda ws: ws.receive_json(type=int)),
    Call("receive_msgpack", lambda ws: ws.receive_msgpack(), binary=True),
    Call("iteration", lambda ws: _first(ws)),
    Call("iter_text", lambda ws: _first(ws.iter_text())),
    Call("iter_data", lambda ws: _first(ws.iter_data()), binary=True),
    Call("iter_media", lambda ws: _first(ws.iter_media())),
    Call("wait_disconnected", lambda ws: ws.wait_disconnected(), watches=True, endless=True),
    Call(
        "move_on_disconnect",
        lambda ws: _inside(ws.move_on_disconnect(), anyio.sleep_forever),
        watches=True,
        endless=True,
    ),
    Call(
        "fail_on_disconnect",
        lambda ws: _inside(ws.fail_on_disconnect(), anyio.sleep_forever),
        watches=True,
        endless=True,
    ),
    Call(
        "receive_text in move_on_disconnect",
        lambda ws: _inside(ws.move_on_disconnect(), ws.receive_text),
        watches=True,
    ),
    Call(
        "send_text in fail_on_disconnect",
        lambda ws: _inside(ws.fail_on_disconnect(), lambda: ws.send_text("sent")),
        sends=True,
        watches=True,
    ),
    Call(
        "wait_disconnected while the rest is discarded",
        lambda ws: _discarding(ws, ws.wait_disconnected),
        endless=True,
        discards=True,
    ),
    Call(
        "send_text while the rest is discarded",
        lambda ws: _discarding(ws, lambda: ws.send_text("sent")),
        sends=True,
        discards=True,
    ),
    Call("receive_text in finish_first", lambda ws: _within(ws.finish_first(), ws.receive_text)),
    Call(
        "send_text in finish_first",
        lambda ws: _within(ws.finish_first(), lambda: ws.send_text("sent")),
        sends=True,
    ),
]
