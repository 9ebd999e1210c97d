"""What each server tells an application of the end of a connection: decided without any I/O."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from anyws.testing.profiles import ServerProfile

NORMAL_CLOSURE: Final = 1000
NO_STATUS: Final = 1005
ABNORMAL_CLOSURE: Final = 1006
INTERNAL_ERROR: Final = 1011
SERVICE_RESTART: Final = 1012


class End(NamedTuple):
    """How the connection ended, as one side sees it."""

    code: int
    reason: str | None = None
    cause: Exception | None = None
    """What went wrong in the application, where that is what ended the connection."""


Told = tuple[End, ...]
"""The disconnects that the application can read, one after the other."""


def of_close(server: ServerProfile, end: End) -> Told:
    """Tell of a close frame of the client's."""
    return _repeated(server, end if server.tells_close else End(ABNORMAL_CLOSURE))


def of_vanishing(server: ServerProfile, *, accepted: bool) -> Told:
    """Tell of a client that left without a close frame."""
    return (End(server.code_when_vanished if accepted else ABNORMAL_CLOSURE),)


def of_own_close(server: ServerProfile, end: End) -> Told:
    """Tell of the application's own close."""
    return _repeated(server, end if server.tells_own_close else End(NORMAL_CLOSURE))


def of_refusal(server: ServerProfile, end: End) -> Told:
    """Tell of a handshake that the application has refused."""
    if server.code_after_refusal is not None:
        end = End(server.code_after_refusal)
    return _repeated(server, end)


def of_denial(server: ServerProfile) -> Told:
    """Tell of a response that has denied the handshake."""
    code = ABNORMAL_CLOSURE if server.code_after_refusal is None else server.code_after_refusal
    return (End(code), End(code)) if server.repeats_disconnect else (End(code),)


def of_shutdown(server: ServerProfile, *, accepted: bool) -> Told:
    """Tell of a server that closes its connections because it is stopped."""
    return _repeated(server, End(SERVICE_RESTART)) if accepted else (End(ABNORMAL_CLOSURE),)


def _repeated(server: ServerProfile, end: End) -> Told:
    return (end, End(NO_STATUS)) if server.repeats_disconnect else (end,)
