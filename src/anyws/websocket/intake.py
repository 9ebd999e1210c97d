"""What a client may send: how large a message may be, and how many may come in a second."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

import anyio

from anyws.websocket.closing import MESSAGE_TOO_BIG, POLICY_VIOLATION

if TYPE_CHECKING:
    from anyws._asgi.types import Event
    from anyws.websocket.options import WebSocketOptions

# The most bytes that a character takes in UTF-8 (RFC 3629, section 3).
_BYTES_PER_CHARACTER: Final = 4


class Breach(NamedTuple):
    """A limit that was broken: the code that the peer gets, and the words that the log gets."""

    code: int
    words: str


class Intake:
    """Holds the messages of one client against its limits."""

    __slots__ = (
        "_burst",
        "_limits_rate",
        "_max_size",
        "_per_second",
        "_refilled",
        "_tokens",
        "counts",
        "small",
    )

    def __init__(
        self, *, max_size: int | None, rate: tuple[float, int] | None = None, counts: bool
    ) -> None:
        self._max_size = max_size
        self._limits_rate = rate is not None
        self._per_second, self._burst = rate or (0.0, 0)
        self._tokens = float(self._burst)
        self._refilled: float | None = None
        self.counts: bool = counts
        """Whether each message has to be seen, whatever its size."""
        self.small: float = math.inf
        """A payload of this length is within the limit, whatever its characters are."""
        if self._max_size is not None:
            self.small = self._max_size // _BYTES_PER_CHARACTER

    @classmethod
    def under(cls, options: WebSocketOptions) -> Intake:
        """Give the intake of one client; where no rate is limited, clients share it."""
        size, rate = options.max_message_size, options.receive_rate
        if rate is None:
            return _without_rate(size, counts=options.idle_timeout is not None)
        return cls(max_size=size, rate=rate, counts=True)

    def check(self, event: Event) -> Breach | None:
        """Count a message; give the limit that it breaks, if it does."""
        if self._max_size is not None:
            text: str | None = event.get("text")
            # Only a text that may be too long is worth the exact count.
            if text is None:
                size = len(event.get("bytes") or b"")
            elif (size := len(text)) * _BYTES_PER_CHARACTER > self._max_size:
                size = len(text.encode(errors="surrogatepass"))
            if size > self._max_size:
                return Breach(
                    MESSAGE_TOO_BIG,
                    f"a message of {size} bytes; max_message_size is {self._max_size}",
                )
        if self._limits_rate and not self._take_token():
            return Breach(
                POLICY_VIOLATION,
                f"more messages than receive_rate={(self._per_second, self._burst)} allows",
            )
        return None

    def _take_token(self) -> bool:
        """Take one from a bucket that holds a burst and is refilled at the rate that is allowed."""
        now = anyio.current_time()
        if self._refilled is not None:
            earned = (now - self._refilled) * self._per_second
            self._tokens = min(self._burst, self._tokens + earned)
        self._refilled = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True


@lru_cache(maxsize=16)
def _without_rate(max_size: int | None, *, counts: bool) -> Intake:
    # It remembers nothing of the messages that it has seen.
    return Intake(max_size=max_size, counts=counts)
