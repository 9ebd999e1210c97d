"""What is said over WebSockets: the messages, and the paths of the responders that every peer has."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol, TypeAlias

from anyws.media import json, msgpack

if TYPE_CHECKING:
    from anyws._asgi.types import ASGIApp, Event

TEXT: Final = "x" * 100
DOCUMENT: Final[dict[str, object]] = {
    "id": 12345,
    "name": "temperature",
    "values": [19.5, 19.75, 20.25],
    "tags": ["indoors", "north"],
    "alarm": False,
}

ECHO: Final = "/echo"
TRIPLE: Final = "/triple"
JSON: Final = "/json"
MSGPACK: Final = "/msgpack"
BRIEF: Final = "/brief"
MEMBER: Final = "/member"
WATCHED: Final = "/watched"

Audience: TypeAlias = list[Callable[[str], Awaitable[object]]]
"""What sends a text to each of those who are connected to `MEMBER`."""


class MakeApp(Protocol):
    """Makes an application with these responders:

    `ECHO` sends each text back, `TRIPLE` three times; `JSON` and `MSGPACK` decode an object and
    encode it again, with what the framework has for that; `BRIEF` accepts and closes; `MEMBER`
    joins the audience, and waits for messages until the client leaves. `WATCHED`, where there is
    such a thing, waits until the client leaves, and for no message.
    """

    def __call__(self, audience: Audience) -> ASGIApp: ...


class Exchange(NamedTuple):
    """Messages that come one after the other, and are answered."""

    name: str
    path: str
    message: Event
    answers: int = 1
    """Messages that are sent for each that comes."""
    late: bool = False
    """Whether the client waits for the answers before it sends the next message, which comes one
    turn of the scheduler after it is asked for. Otherwise it is there already."""


def _text(text: str) -> Event:
    return {"type": "websocket.receive", "text": text}


def _binary(data: bytes) -> Event:
    return {"type": "websocket.receive", "bytes": data}


EXCHANGES: Final = (
    Exchange("echo, ready", ECHO, _text(TEXT)),
    Exchange("echo, late", ECHO, _text(TEXT), late=True),
    Exchange("one in, three out, ready", TRIPLE, _text(TEXT), answers=3),
    Exchange("one in, three out, late", TRIPLE, _text(TEXT), answers=3, late=True),
    Exchange("one in, none out, ready", MEMBER, _text(TEXT), answers=0),
    Exchange("JSON echo, ready", JSON, _text(json.encode(DOCUMENT).decode())),
    Exchange("MessagePack echo, ready", MSGPACK, _binary(msgpack.encode(DOCUMENT))),
)
