"""The two kinds of WebSocket message."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING


class WebSocketPayloadType(Enum):
    """Text or binary. The values are the opcodes of RFC 6455, section 5.2."""

    TEXT = 1
    BINARY = 2

    # That of enum is written in Python, and handlers are looked up for every message.
    if not TYPE_CHECKING:
        __hash__ = object.__hash__
