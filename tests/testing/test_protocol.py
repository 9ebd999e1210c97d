"""Which event is legal when, and what a specification's version changes."""

from __future__ import annotations

import itertools

import pytest

from anyws.testing import IllegalEvent, create_scope_ws
from anyws.testing.events import (
    Accept,
    Close,
    Message,
    ResponseEnd,
    ResponsePart,
    ResponseStart,
    SocketEvent,
)
from anyws.testing.protocol import (
    RESPONSE,
    SOCKET,
    Features,
    ResponsePhase,
    SocketPhase,
    check_close,
    code_seen_by_client,
    features,
    step,
)

NOUNS: list[SocketEvent] = [
    Accept(None, ()),
    Message("hi"),
    Close(1000, None),
    ResponseStart(403, ()),
    ResponsePart(b""),
    ResponseEnd(b""),
]
LEGAL = {
    (SocketPhase.HANDSHAKE, Accept): SocketPhase.OPEN,
    (SocketPhase.HANDSHAKE, Close): SocketPhase.ENDED,
    (SocketPhase.HANDSHAKE, ResponseStart): SocketPhase.DENYING,
    (SocketPhase.DENYING, ResponsePart): SocketPhase.DENYING,
    (SocketPhase.DENYING, ResponseEnd): SocketPhase.ENDED,
    (SocketPhase.OPEN, Message): SocketPhase.OPEN,
    (SocketPhase.OPEN, Close): SocketPhase.ENDED,
}


@pytest.mark.parametrize(
    ("phase", "noun"),
    list(itertools.product(SocketPhase, NOUNS)),
    ids=lambda value: value.name if isinstance(value, SocketPhase) else type(value).__name__,
)
def test_what_a_websocket_does_not_allow_in_a_phase_is_illegal(
    phase: SocketPhase, noun: SocketEvent
) -> None:
    wanted = LEGAL.get((phase, type(noun)))
    if wanted is not None:
        assert step(SOCKET, phase, noun, {"type": "x"}) is wanted
        return
    with pytest.raises(IllegalEvent, match=f"the application sent x {phase.value}"):
        step(SOCKET, phase, noun, {"type": "x"})


def test_a_response_begins_once_and_ends_once() -> None:
    start, part, end = ResponseStart(200, ()), ResponsePart(b""), ResponseEnd(b"")
    phase = ResponsePhase.UNSTARTED
    for noun in (start, part, part, end):
        phase = step(RESPONSE, phase, noun, {"type": "x"})
    assert phase is ResponsePhase.COMPLETE
    for late in (start, part, end):
        with pytest.raises(IllegalEvent, match="after the response was complete"):
            step(RESPONSE, phase, late, {"type": "x"})


@pytest.mark.parametrize(
    ("spec_version", "promised"),
    [
        (None, Features(False, False, False, True)),
        ("2.0", Features(False, False, False, True)),
        ("2.1", Features(False, True, False, True)),
        ("2.2", Features(False, True, False, True)),
        ("2.3", Features(True, True, False, True)),
        ("2.4", Features(True, True, True, True)),
        ("2.10", Features(True, True, True, True)),
        ("2.x", Features(False, False, False, True)),
    ],
)
def test_a_version_is_compared_by_number(spec_version: str | None, promised: Features) -> None:
    assert features(create_scope_ws(spec_version=spec_version)) == promised


def test_denial_responses_are_an_extension() -> None:
    assert not features(create_scope_ws(extensions={})).denial_responses


@pytest.mark.parametrize("code", [1000, 1003, 1007, 1014, 3000, 4999])
def test_a_code_that_may_be_sent_passes(code: int) -> None:
    check_close(Close(code, "ä" * 61))


@pytest.mark.parametrize("code", [0, 999, 1004, 1005, 1006, 1015, 2000, 2999, 5000])
def test_a_code_that_may_not_be_sent_is_refused(code: int) -> None:
    with pytest.raises(ValueError, match="invalid close code"):
        check_close(Close(code, None))


def test_a_reason_longer_than_a_frame_is_refused() -> None:
    with pytest.raises(ValueError, match="123 bytes"):
        check_close(Close(1000, "ä" * 62))


@pytest.mark.parametrize(
    ("code", "seen"),
    [(1011, 1011), (3000, 3000), (3999, 3999), (1000, 3403), (2999, 3403), (4000, 3403)],
)
def test_a_refusal_that_says_nothing_is_a_403(code: int, seen: int) -> None:
    assert code_seen_by_client(code) == seen
