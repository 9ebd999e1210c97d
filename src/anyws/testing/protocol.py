"""Which event of the application is legal when: three tables, and what a version changes.

The tables hold the application's side alone. Whether the client is still there is another matter:
a client can be gone while the application still denies its handshake.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias, TypeVar

from anyws.testing import events
from anyws.testing.events import IllegalEvent

if TYPE_CHECKING:
    from anyws._asgi.types import Event, Scope

PhaseT = TypeVar("PhaseT", bound=enum.Enum)
EventT = TypeVar("EventT")
Table: TypeAlias = Mapping[tuple[PhaseT, type[EventT]], PhaseT]


class SocketPhase(enum.Enum):
    """How far the application has come with a WebSocket. The value ends a sentence."""

    UNREAD = "before it had read websocket.connect"
    HANDSHAKE = "in the handshake"
    DENYING = "before the response that denies the handshake was complete"
    OPEN = "after it had accepted the connection"
    ENDED = "after it had ended the connection itself"


class ResponsePhase(enum.Enum):
    """How far the application has come with an HTTP response. The value ends a sentence."""

    UNSTARTED = "before the response had begun"
    BODY = "before the response was complete"
    COMPLETE = "after the response was complete"


class LifespanPhase(enum.Enum):
    """How far the application has come with its lifespan. The value ends a sentence."""

    UNREAD = "before it had read lifespan.startup"
    STARTING = "during its startup"
    SERVING = "before it had read lifespan.shutdown"
    STOPPING = "during its shutdown"
    ENDED = "after its lifespan had ended"


SOCKET: Final[Table[SocketPhase, events.SocketEvent]] = {
    (SocketPhase.HANDSHAKE, events.Accept): SocketPhase.OPEN,
    (SocketPhase.HANDSHAKE, events.Close): SocketPhase.ENDED,
    (SocketPhase.HANDSHAKE, events.ResponseStart): SocketPhase.DENYING,
    (SocketPhase.DENYING, events.ResponsePart): SocketPhase.DENYING,
    (SocketPhase.DENYING, events.ResponseEnd): SocketPhase.ENDED,
    (SocketPhase.OPEN, events.Message): SocketPhase.OPEN,
    (SocketPhase.OPEN, events.Close): SocketPhase.ENDED,
}
RESPONSE: Final[Table[ResponsePhase, events.ResponseEvent]] = {
    (ResponsePhase.UNSTARTED, events.ResponseStart): ResponsePhase.BODY,
    (ResponsePhase.BODY, events.ResponsePart): ResponsePhase.BODY,
    (ResponsePhase.BODY, events.ResponseEnd): ResponsePhase.COMPLETE,
}
LIFESPAN: Final[Table[LifespanPhase, events.LifespanEvent]] = {
    (LifespanPhase.STARTING, events.StartupComplete): LifespanPhase.SERVING,
    (LifespanPhase.STARTING, events.StartupFailed): LifespanPhase.ENDED,
    (LifespanPhase.STOPPING, events.ShutdownComplete): LifespanPhase.ENDED,
    (LifespanPhase.STOPPING, events.ShutdownFailed): LifespanPhase.ENDED,
}


def step(table: Table[PhaseT, EventT], phase: PhaseT, said: EventT, event: Event) -> PhaseT:
    """Give the phase after an event; raise `IllegalEvent` where the table has none."""
    try:
        return table[phase, type(said)]
    except KeyError:
        raise IllegalEvent(f"the application sent {event['type']} {phase.value}") from None


class Features(NamedTuple):
    """What the scope of a connection promises to the application."""

    reasons: bool
    """Close reasons go both ways (since 2.3)."""
    accept_headers: bool
    """`websocket.accept` may have headers (since 2.1)."""
    sends_raise: bool
    """A send after the client has left raises an `OSError` (since 2.4); before it vanishes."""
    denial_responses: bool
    """A handshake may be denied with an HTTP response."""


_VERSION: Final = re.compile(r"([0-9]+)\.([0-9]+)")


def features(scope: Scope) -> Features:
    """Work out what a server with this scope does.

    A malformed version counts as 2.0: to refuse it is the application's part, not the server's.
    """
    version = _version(scope["asgi"].get("spec_version", "2.0"))
    return Features(
        reasons=version >= (2, 3),
        accept_headers=version >= (2, 1),
        sends_raise=version >= (2, 4),
        denial_responses="websocket.http.response" in scope.get("extensions", {}),
    )


def _version(text: str) -> tuple[int, int]:
    found = _VERSION.fullmatch(text)
    return (2, 0) if found is None else (int(found[1]), int(found[2]))


def check_close(close: events.Close) -> None:
    """Raise `ValueError` for a close that no server could put into a close frame.

    RFC 6455, sections 7.4 and 5.5. Servers refuse it and leave the connection as it was, so this
    is no illegal event: the application may close with another code.
    """
    code = close.code
    if not (1000 <= code <= 1003 or 1007 <= code <= 1014 or 3000 <= code <= 4999):
        raise ValueError(f"invalid close code {code}")
    if close.reason is not None and len(close.reason.encode()) > 123:
        raise ValueError("the close reason is longer than the 123 bytes that a close frame holds")


def code_seen_by_client(code: int) -> int:
    """Give the code that stands for a refused handshake.

    Over the wire every refusal is a 403. The simulator keeps the codes that say more.
    """
    return code if code == 1011 or 3000 <= code <= 3999 else 3403
