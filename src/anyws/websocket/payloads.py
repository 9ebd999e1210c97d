"""What a message carries: out of a received event, and into one that is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from anyws._asgi.events import WEBSOCKET_SEND
from anyws.errors.websocket import PayloadTypeError
from anyws.media.unawaited import refuse_unawaited

if TYPE_CHECKING:
    from anyws._asgi.types import Event

T = TypeVar("T")


def text_of(event: Event) -> str:
    """Give the text of a message; raise `PayloadTypeError` if it is none."""
    text: str | None = event.get("text")
    if text is None:
        raise PayloadTypeError(f"a TEXT message was expected; {_description(event)} came")
    return text


def data_of(event: Event) -> bytes:
    """Give the bytes of a message; raise `PayloadTypeError` if it is a text."""
    data: bytes | None = event.get("bytes")
    if data is None or event.get("text") is not None:
        raise PayloadTypeError(f"a BINARY message was expected; {_description(event)} came")
    return data


def content_of(event: Event) -> str | bytes:
    """Give what a message carries, whichever it is."""
    text: str | None = event.get("text")
    return data_of(event) if text is None else text


def text_event(payload: str) -> Event:
    """Make a TEXT message."""
    if not isinstance(payload, str):
        refuse_unawaited(payload)
        raise TypeError(
            f"a TEXT message is a str, not {_kind(payload)}: "
            "use send_data() for bytes, send_media() for objects"
        )
    return {"type": WEBSOCKET_SEND, "text": payload}


def data_event(payload: bytes | bytearray | memoryview) -> Event:
    """Make a BINARY message."""
    if isinstance(payload, bytes):
        return {"type": WEBSOCKET_SEND, "bytes": payload}
    if not isinstance(payload, (bytearray, memoryview)):
        refuse_unawaited(payload)
        raise TypeError(
            f"a BINARY message is bytes, a bytearray or a memoryview, not {_kind(payload)}: "
            "use send_text() for str, send_media() for objects"
        )
    return {"type": WEBSOCKET_SEND, "bytes": bytes(payload)}


def _kind(payload: object) -> str:
    return type(payload).__name__


def _description(event: Event) -> str:
    if event.get("text") is not None:
        return "a TEXT message"
    return "a message without a payload" if event.get("bytes") is None else "a BINARY message"
