"""The parsers that a server holds an application's events against."""

from __future__ import annotations

import pytest

from anyws._asgi.types import Event
from anyws.testing import IllegalEvent
from anyws.testing.events import (
    HTTP_EVENTS,
    LIFESPAN_EVENTS,
    WEBSOCKET_EVENTS,
    Accept,
    Close,
    LifespanEvent,
    Message,
    ResponseEnd,
    ResponseEvent,
    ResponsePart,
    ResponseStart,
    ShutdownComplete,
    ShutdownFailed,
    SocketEvent,
    StartupComplete,
    StartupFailed,
    parse,
)


@pytest.mark.parametrize(
    ("event", "noun"),
    [
        ({"type": "websocket.accept"}, Accept(None, ())),
        (
            {"type": "websocket.accept", "subprotocol": "chat", "headers": [[b"a", b"1"]]},
            Accept("chat", ((b"a", b"1"),)),
        ),
        ({"type": "websocket.send", "text": ""}, Message("")),
        ({"type": "websocket.send", "bytes": b"", "text": None}, Message(b"")),
        ({"type": "websocket.close"}, Close(1000, None)),
        ({"type": "websocket.close", "code": 4000, "reason": "r"}, Close(4000, "r")),
        (
            {"type": "websocket.http.response.start", "status": 401, "headers": iter([])},
            ResponseStart(401, ()),
        ),
        ({"type": "websocket.http.response.body"}, ResponseEnd(b"")),
    ],
)
def test_an_event_of_a_websocket_is_a_noun(event: Event, noun: SocketEvent) -> None:
    assert parse(WEBSOCKET_EVENTS, event) == noun


@pytest.mark.parametrize(
    ("event", "noun"),
    [
        ({"type": "http.response.start", "status": 200}, ResponseStart(200, ())),
        ({"type": "http.response.body", "body": b"a", "more_body": True}, ResponsePart(b"a")),
        ({"type": "http.response.body", "body": b"b"}, ResponseEnd(b"b")),
    ],
)
def test_an_event_of_a_response_is_a_noun(event: Event, noun: ResponseEvent) -> None:
    assert parse(HTTP_EVENTS, event) == noun


@pytest.mark.parametrize(
    ("event", "noun"),
    [
        ({"type": "lifespan.startup.complete"}, StartupComplete()),
        ({"type": "lifespan.startup.failed", "message": "m"}, StartupFailed("m")),
        ({"type": "lifespan.shutdown.complete"}, ShutdownComplete()),
        (
            {"type": "lifespan.shutdown.failed"},
            ShutdownFailed("the application sent lifespan.shutdown.failed without a message"),
        ),
    ],
)
def test_an_event_of_a_lifespan_is_a_noun(event: Event, noun: LifespanEvent) -> None:
    assert parse(LIFESPAN_EVENTS, event) == noun


@pytest.mark.parametrize(
    ("event", "complaint"),
    [
        ({}, "an event of type ''"),
        ({"type": "http.response.start", "status": 200}, "an event of type 'http.response.start'"),
        ({"type": "websocket.accept", "subprotocol": b"chat"}, "'subprotocol'"),
        ({"type": "websocket.accept", "headers": 1}, "'headers'"),
        ({"type": "websocket.accept", "headers": [b"abc"]}, "'headers'"),
        ({"type": "websocket.accept", "headers": [("a", "1")]}, "pairs of bytes"),
        ({"type": "websocket.accept", "headers": [(b"A", b"1")]}, "in lower case"),
        ({"type": "websocket.accept", "headers": [(b"", b"1")]}, "not empty"),
        ({"type": "websocket.accept", "headers": [(b"a", b"1\r\nb: 2")]}, "without CR"),
        (
            {"type": "websocket.accept", "headers": [(b"sec-websocket-protocol", b"chat")]},
            "sec-websocket-protocol",
        ),
        ({"type": "websocket.send"}, "either text or bytes"),
        ({"type": "websocket.send", "text": "a", "bytes": b"a"}, "either text or bytes"),
        ({"type": "websocket.send", "text": b"a"}, "'text'"),
        ({"type": "websocket.send", "bytes": "a"}, "'bytes'"),
        ({"type": "websocket.send", "bytes": bytearray(b"a")}, "'bytes'"),
        ({"type": "websocket.close", "code": "1000"}, "'code'"),
        ({"type": "websocket.close", "code": True}, "'code'"),
        ({"type": "websocket.close", "reason": b"r"}, "'reason'"),
        ({"type": "websocket.http.response.start"}, "'status'"),
        ({"type": "websocket.http.response.start", "status": 20}, "'status'"),
        ({"type": "websocket.http.response.body", "body": "text"}, "'body'"),
        ({"type": "websocket.http.response.body", "more_body": 1}, "'more_body'"),
    ],
)
def test_an_event_with_a_wrong_value_is_illegal(event: Event, complaint: str) -> None:
    with pytest.raises(IllegalEvent, match=complaint):
        parse(WEBSOCKET_EVENTS, event)


def test_a_lifespan_message_that_is_no_str_is_illegal() -> None:
    with pytest.raises(IllegalEvent, match="'message'"):
        parse(LIFESPAN_EVENTS, {"type": "lifespan.startup.failed", "message": b"m"})
