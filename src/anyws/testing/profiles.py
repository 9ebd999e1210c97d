"""The habits of servers, as data: what an application can and cannot rely on under each."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from anyws.testing.scopes import DENIAL_EXTENSION

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerProfile:
    """How a server treats an application.

    The fields' defaults are those of the strict server, which keeps every promise of the ASGI
    specification and forgives nothing. For a server that is not here, take the nearest one and
    say what is different: `dataclasses.replace(HYPERCORN, name="mine", tells_close=True)`, with
    `HYPERCORN`, `HYPERCORN_TRIO`, `UVICORN` or `STRICT` out of `anyws.testing.profiles`.

    Whatever the profile, an illegal event of the application fails the test.
    """

    name: str
    spec_version: str | None = "2.3"
    """The version of the WebSocket specification in the scope, None for a server that has none.
    With one below 2.4 a send after the client has left does nothing, else it raises `OSError`."""
    http_spec_version: str | None = "2.3"
    """The version of the HTTP specification in the scope. As `spec_version`."""
    denial_responses: bool = True
    """The scope has the extension `websocket.http.response`."""
    names_both_payloads: bool = True
    """`websocket.receive` has both keys, one of them None; else only the one with the payload."""
    tells_close: bool = True
    """The application is told the code and the reason that its client closed with, else 1006."""
    code_when_vanished: int = 1006
    """What the application is told of a client that left without a close frame."""
    tells_own_close: bool = True
    """After its own close the application reads a disconnect with its own code and reason, at
    once; else it reads 1000 and no reason, when the client has answered."""
    code_after_refusal: int | None = None
    """What the application reads after it has refused the handshake. None stands for its own
    code, and for 1006 after a denial response."""
    refuses_with_403: bool = False
    """The client sees a plain 403 whatever code the handshake was refused with. The strict server
    has it see the codes that say more."""
    forbids_receive_after_end: bool = True
    """A receive after the disconnect is an illegal event; else it waits for ever."""
    repeats_disconnect: bool = False
    """A second receive after the end gives one more disconnect: with 1005, but after a denial
    response with the first one's code again."""
    sends_before_waiting: bool = True
    """A send to a client that is far behind goes out and then waits; else it waits first, and is
    lost if it is cancelled while it does."""
    sends_suspend: bool = False
    """Each send goes through the scheduler first: from a cancelled scope nothing is sent."""
    cancels_stuck_sends: bool = True
    """A send that waits for its client can be cancelled; else only the client ends the wait."""
    closes_returned: bool = True
    """The client of an application that returns without a close, or raises, gets a 1011; else it
    is cut off, which is a 1006."""
    closes_cancelled: bool = True
    """The same for an application that the server cancels."""
    cancels_at_shutdown: bool = True
    """A server that is stopped cancels the applications; else it closes each connection with
    1012, tells the application so, and waits for it."""

    @property
    def extensions(self) -> Mapping[str, Mapping[str, object]]:
        """The extensions in the scope of a WebSocket."""
        return DENIAL_EXTENSION if self.denial_responses else {}


STRICT: Final = ServerProfile(name="strict")

HYPERCORN: Final = ServerProfile(
    name="hypercorn",
    http_spec_version="2.1",
    tells_close=False,
    tells_own_close=False,
    code_after_refusal=1000,
    refuses_with_403=True,
    forbids_receive_after_end=False,
)
"""Hypercorn 0.18 with its asyncio worker, or with uvloop."""

HYPERCORN_TRIO: Final = dataclasses.replace(
    HYPERCORN,
    name="hypercorn-trio",
    sends_suspend=True,
    cancels_stuck_sends=False,
    closes_cancelled=False,
)
"""Hypercorn 0.18 with its Trio worker."""

UVICORN: Final = ServerProfile(
    name="uvicorn",
    spec_version="2.4",
    names_both_payloads=False,
    code_when_vanished=1005,
    code_after_refusal=1006,
    refuses_with_403=True,
    forbids_receive_after_end=False,
    repeats_disconnect=True,
    sends_before_waiting=False,
    closes_returned=False,
    cancels_at_shutdown=False,
)
"""uvicorn 0.54 with the websockets package, which it takes by default."""

_KNOWN: Final = {profile.name: profile for profile in (STRICT, HYPERCORN, HYPERCORN_TRIO, UVICORN)}


def find_profile(server: str | ServerProfile) -> ServerProfile:
    """Give the profile of that name. Raises `ValueError` where there is none."""
    if isinstance(server, ServerProfile):
        return server
    try:
        return _KNOWN[server]
    except KeyError:
        raise ValueError(
            f"server={server!r} is not known; give a ServerProfile, or one of {', '.join(_KNOWN)}"
        ) from None
