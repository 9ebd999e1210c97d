"""Close codes and reasons: RFC 6455, section 7.4, and what the close frame has room for."""

from __future__ import annotations

from typing import Final

from anyws.status import PHRASES

NORMAL_CLOSURE: Final = 1000
GOING_AWAY: Final = 1001
ABNORMAL_CLOSURE: Final = 1006
POLICY_VIOLATION: Final = 1008
MESSAGE_TOO_BIG: Final = 1009
INTERNAL_ERROR: Final = 1011
TRY_AGAIN_LATER: Final = 1013
# For a server that refuses to send 1011 or what stands in its place.
FALLBACK_INTERNAL_ERROR: Final = 3011

# A control frame carries at most 125 bytes (RFC 6455, section 5.5), two of them are the code.
MAX_REASON_BYTES: Final = 123


def check_code(code: object) -> int:
    """Give back a close code that an endpoint may send; raise `ValueError` for any other.

    1004 to 1006 and 1015 never go over the wire, 1016 to 2999 are reserved.
    """
    if isinstance(code, int) and not isinstance(code, bool) and _may_be_sent(code):
        return int(code)
    raise ValueError(
        f"Invalid close code {code!r}: it is an int of 1000 to 1003, 1007 to 1014 or 3000 to 4999"
    )


def _may_be_sent(code: int) -> bool:
    return 1000 <= code <= 1003 or 1007 <= code <= 1014 or 3000 <= code <= 4999


def check_reason(reason: object) -> str | None:
    """Give back a reason that fits into a close frame. The empty one is none at all."""
    if reason is None or reason == "":
        return None
    if not isinstance(reason, str):
        raise TypeError(f"a close reason is a str, not {type(reason).__name__}: {reason!r}")
    size = len(reason.encode())
    if size > MAX_REASON_BYTES:
        raise ValueError(
            f"the close reason {reason[:20]!r}… has {size} bytes in UTF-8; a close frame has room "
            f"for {MAX_REASON_BYTES}"
        )
    return reason


def http_close_code(status: int) -> int:
    """Give the close code that stands for an HTTP status: 3404 for 404."""
    return 3000 + status


def default_close_reasons() -> dict[int, str]:
    """Make the reasons that go out where none is given: a dict of its own for every caller."""
    reasons = {http_close_code(status): phrase for status, phrase in PHRASES.items()}
    reasons[NORMAL_CLOSURE] = "Normal Closure"
    reasons[INTERNAL_ERROR] = "Internal Server Error"
    reasons[FALLBACK_INTERNAL_ERROR] = "Internal Server Error"
    return reasons
