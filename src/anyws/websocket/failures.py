"""What the server's errors mean: servers tell of a lost connection in as many ways as there are."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from anyws.websocket.closing import ABNORMAL_CLOSURE
from anyws.websocket.state import End

if TYPE_CHECKING:
    from collections.abc import Iterator

# uvicorn chains the errors of the websockets package, which say what arrived.
_RECEIVED: Final = re.compile(r"received ([1-4][0-9]{3})\b")
# Older versions of that package say it so, through whatever exception the server makes of it.
_CLOSED: Final = re.compile(r"code = ([1-4][0-9]{3}) \(")
_UNOFFERED: Final = "protocol accepted must be from the list"


def end_told_by(error: Exception) -> End | None:
    """Give the end that an error of the server's `send()` tells of by itself, or None.

    An `OSError` always does (ASGI WebSocket specification, "Send"); others may do so in words.
    """
    if isinstance(error, OSError):
        for link in _chain(error):
            found = _RECEIVED.search(str(link))
            if found is not None:
                return End(int(found[1]), cause=error)
    found = _CLOSED.search(str(error))
    if found is not None:
        return End(int(found[1]), cause=error)
    if isinstance(error, OSError):
        return End(ABNORMAL_CLOSURE, cause=error)
    return None


def is_unoffered_subprotocol(error: Exception) -> bool:
    """Tell whether a server refused a subprotocol that the client had not offered."""
    return _UNOFFERED in str(error)


def is_refused_code(error: Exception) -> bool:
    """Tell whether a close failed because of its code, and not of the connection."""
    return "invalid close code" in str(error).lower()


def _chain(error: BaseException) -> Iterator[BaseException]:
    link: BaseException | None = error
    while link is not None:
        yield link
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)
