"""What an application may say to a server: each event a noun, and the parsers that make them.

The parsers are as strict as the ASGI specification: a value of the wrong type is illegal even
where the servers in use would let it pass.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias, TypeVar

from anyws._asgi import events as names

if TYPE_CHECKING:
    from anyws._asgi.types import Event

RawHeaders: TypeAlias = tuple[tuple[bytes, bytes], ...]


class IllegalEvent(RuntimeError):
    """The application did what the ASGI specification does not allow.

    It is raised in the application, where the mistake is, and again at the end of the simulated
    connection or request, so that it fails the test even if the application swallowed it.
    """


@dataclass(frozen=True, slots=True)
class Accept:
    """The handshake is accepted."""

    subprotocol: str | None
    headers: RawHeaders


@dataclass(frozen=True, slots=True)
class Message:
    """A message for the client: a str is TEXT, bytes are BINARY."""

    payload: str | bytes


@dataclass(frozen=True, slots=True)
class Close:
    """The handshake is refused, or the open connection is closed."""

    code: int
    reason: str | None


@dataclass(frozen=True, slots=True)
class ResponseStart:
    """An HTTP response begins; in a handshake, one that denies it."""

    status: int
    headers: RawHeaders


@dataclass(frozen=True, slots=True)
class ResponsePart:
    """A part of a response's body, which is not the last."""

    body: bytes


@dataclass(frozen=True, slots=True)
class ResponseEnd:
    """The last part of a response's body."""

    body: bytes


@dataclass(frozen=True, slots=True)
class StartupComplete:
    """The application is ready."""


@dataclass(frozen=True, slots=True)
class StartupFailed:
    """The application cannot serve."""

    message: str


@dataclass(frozen=True, slots=True)
class ShutdownComplete:
    """The application has cleaned up."""


@dataclass(frozen=True, slots=True)
class ShutdownFailed:
    """The application could not clean up."""

    message: str


ResponseEvent: TypeAlias = ResponseStart | ResponsePart | ResponseEnd
SocketEvent: TypeAlias = Accept | Message | Close | ResponseEvent
LifespanEvent: TypeAlias = StartupComplete | StartupFailed | ShutdownComplete | ShutdownFailed

EventT = TypeVar("EventT")
Parsers: TypeAlias = Mapping[str, Callable[["Event"], EventT]]


def parse(parsers: Parsers[EventT], event: Event) -> EventT:
    """Make a noun of an event; raise `IllegalEvent` for one that no parser knows or accepts."""
    kind: str = event.get("type", "")
    if kind not in parsers:
        raise IllegalEvent(
            f"the application sent an event of type {kind!r}; known here are {', '.join(parsers)}"
        )
    return parsers[kind](event)


def _accept(event: Event) -> Accept:
    subprotocol = event.get("subprotocol")
    if subprotocol is not None and not isinstance(subprotocol, str):
        raise _wrong(event, "subprotocol", "a str or None")
    headers = _headers(event)
    if any(name == b"sec-websocket-protocol" for name, _ in headers):
        raise IllegalEvent(
            "the application put sec-websocket-protocol among the headers of websocket.accept; "
            "the event's own key subprotocol is the place for it"
        )
    return Accept(subprotocol, headers)


def _message(event: Event) -> Message:
    text, data = event.get("text"), event.get("bytes")
    if (text is None) is (data is None):
        raise IllegalEvent(
            "a websocket.send has either text or bytes; the application sent "
            f"text={text!r}, bytes={data!r}"
        )
    if text is None:
        if not isinstance(data, bytes):
            raise _wrong(event, "bytes", "bytes")
        return Message(data)
    if not isinstance(text, str):
        raise _wrong(event, "text", "a str")
    return Message(text)


def _close(event: Event) -> Close:
    code, reason = event.get("code", 1000), event.get("reason")
    if type(code) is not int:
        raise _wrong(event, "code", "an int")
    if reason is not None and not isinstance(reason, str):
        raise _wrong(event, "reason", "a str or None")
    return Close(code, reason)


def _response_start(event: Event) -> ResponseStart:
    status = event.get("status")
    if type(status) is not int or not 100 <= status <= 999:
        raise _wrong(event, "status", "an int of three digits")
    return ResponseStart(status, _headers(event))


def _response_body(event: Event) -> ResponsePart | ResponseEnd:
    body, more = event.get("body", b""), event.get("more_body", False)
    if not isinstance(body, bytes):
        raise _wrong(event, "body", "bytes")
    if not isinstance(more, bool):
        raise _wrong(event, "more_body", "a bool")
    return ResponsePart(body) if more else ResponseEnd(body)


def _headers(event: Event) -> RawHeaders:
    try:
        pairs = [(name, value) for name, value in event.get("headers", ())]
    except (TypeError, ValueError):
        raise _wrong(event, "headers", "an iterable of pairs") from None
    return tuple(_header(event, name, value) for name, value in pairs)


def _header(event: Event, name: object, value: object) -> tuple[bytes, bytes]:
    if not isinstance(name, bytes) or not isinstance(value, bytes):
        raise _wrong(event, "headers", "pairs of bytes")
    if any(byte in name + value for byte in b"\r\n\0"):
        raise _wrong(event, "headers", "names and values without CR, LF and NUL")
    if not name or name != name.lower():
        raise _wrong(event, "headers", "names that are not empty and in lower case")
    return name, value


def _startup_complete(event: Event) -> StartupComplete:
    return StartupComplete()


def _startup_failed(event: Event) -> StartupFailed:
    return StartupFailed(_failure_message(event))


def _shutdown_complete(event: Event) -> ShutdownComplete:
    return ShutdownComplete()


def _shutdown_failed(event: Event) -> ShutdownFailed:
    return ShutdownFailed(_failure_message(event))


def _failure_message(event: Event) -> str:
    message = event.get("message", "")
    if not isinstance(message, str):
        raise _wrong(event, "message", "a str")
    return message or f"the application sent {event['type']} without a message"


def _wrong(event: Event, key: str, expected: str) -> IllegalEvent:
    return IllegalEvent(
        f"the key {key!r} of {event['type']} is {event.get(key)!r}; "
        f"the ASGI specification asks for {expected}"
    )


WEBSOCKET_EVENTS: Final[Parsers[SocketEvent]] = {
    names.WEBSOCKET_ACCEPT: _accept,
    names.WEBSOCKET_SEND: _message,
    names.WEBSOCKET_CLOSE: _close,
    names.WEBSOCKET_DENIAL_START: _response_start,
    names.WEBSOCKET_DENIAL_BODY: _response_body,
}
HTTP_EVENTS: Final[Parsers[ResponseEvent]] = {
    names.HTTP_RESPONSE_START: _response_start,
    names.HTTP_RESPONSE_BODY: _response_body,
}
LIFESPAN_EVENTS: Final[Parsers[LifespanEvent]] = {
    names.LIFESPAN_STARTUP_COMPLETE: _startup_complete,
    names.LIFESPAN_STARTUP_FAILED: _startup_failed,
    names.LIFESPAN_SHUTDOWN_COMPLETE: _shutdown_complete,
    names.LIFESPAN_SHUTDOWN_FAILED: _shutdown_failed,
}
