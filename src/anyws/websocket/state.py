"""The states of our side of a connection, and what may be done in each; closing always may.

The peer's side is not a state of ours: a client can be gone while we still deny its handshake.
What is known of that is the connection's `End`.
"""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Final, NamedTuple

from anyws.errors.usage import OperationNotAllowed


class State(enum.Enum):
    """Our side of the connection. The values are those of `readyState` in browsers."""

    CONNECTING = 0
    OPEN = 1
    CLOSING = 2
    CLOSED = 3

    # The one of enum is written in Python, and the table is looked into for every event.
    if not TYPE_CHECKING:
        __hash__ = object.__hash__


class Act(enum.Enum):
    """What a program asks of the connection."""

    ACCEPT = "accept"
    DENY = "deny"
    SEND = "send"
    RECEIVE = "receive"

    if not TYPE_CHECKING:
        __hash__ = object.__hash__


class End(NamedTuple):
    """How a connection ended: the close code of RFC 6455, section 7.4, and what came with it."""

    code: int
    reason: str | None = None
    cause: Exception | None = None
    """The server's error that told of the end, where it was an error that did."""


_NEXT: Final = {
    (State.CONNECTING, Act.ACCEPT): State.OPEN,
    (State.CONNECTING, Act.DENY): State.CLOSING,
    (State.OPEN, Act.SEND): State.OPEN,
    (State.OPEN, Act.RECEIVE): State.OPEN,
}

_BEFORE_ACCEPT: Final = "the WebSocket has not been accepted yet: await ws.accept() first"
_ANSWERED: Final = {
    State.OPEN: "the WebSocket has been accepted already",
    State.CLOSING: "the WebSocket has been closed already",
    State.CLOSED: "the WebSocket has been closed already",
}
_HANDSHAKE_ONLY: Final = {
    Act.ACCEPT: "accept() is called once, in the handshake",
    Act.DENY: "deny() refuses a handshake, and close() ends what was accepted",
}


def step(state: State, act: Act) -> State:
    """Give the state after an act; raise `OperationNotAllowed` where the act is not allowed."""
    try:
        return _NEXT[state, act]
    except KeyError:
        raise OperationNotAllowed(_refusal(state, act)) from None


def _refusal(state: State, act: Act) -> str:
    if state is State.CONNECTING:
        return _BEFORE_ACCEPT
    return f"{_ANSWERED[state]}: {_HANDSHAKE_ONLY[act]}"
