"""How an event is written: WHATWG HTML, section 9.2.5, "Parsing an event stream"."""

from __future__ import annotations

import re
from typing import Final

PING: Final = b": ping\n\n"
"""A comment: clients drop it, and proxies see that the connection is in use."""

_LINE_END: Final = re.compile(rb"\r\n|\r|\n")


class EventBytes(bytes):
    """An event as it goes over the wire; `encode()`, as of a str, gives the same as plain bytes."""

    __slots__ = ()

    def encode(self, encoding: str = "utf-8", errors: str = "strict") -> bytes:
        """Give the event as it is, whatever the arguments: a stream of events is in UTF-8."""
        return bytes(self)


def encode_event(
    *,
    data: bytes | None,
    event: str | None,
    event_id: str | None,
    retry: int | None,
    comment: str | None,
) -> bytes:
    """Write an event, its blank line included; one that has nothing in it is a ping.

    `event` and `event_id` were checked for what a field of one line cannot hold; line ends in
    `data` and `comment` become fields of their own. What is not UTF-8 raises `UnicodeError`.
    """
    lines = b""
    if comment is not None:
        lines += _fields(b": ", comment.encode())
    if event is not None:
        lines += b"event: %b\n" % event.encode()
    if event_id is not None:
        lines += b"id: %b\n" % event_id.encode()
    if retry is not None:
        lines += b"retry: %d\n" % retry
    if data is not None:
        lines += _fields(b"data: ", data)
    return lines + b"\n" if lines else PING


def _fields(name: bytes, value: bytes) -> bytes:
    """Write one field for each line of a value. The client takes one space after the colon away."""
    return name + _LINE_END.sub(b"\n" + name, value) + b"\n"
