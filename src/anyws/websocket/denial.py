"""The HTTP response that refuses a handshake: RFC 6455, section 4.2.2."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from anyws.headers import encode_accept_headers
from anyws.media.codecs import json
from anyws.media_types import MEDIA_JSON, MEDIA_TEXT
from anyws.status import status_code

if TYPE_CHECKING:
    from anyws.headers import HeaderPairs, SupportsItems
    from anyws.status import ResponseStatus

# What the server works out, or needs to keep the connection in order (RFC 9112, section 6).
_FRAMING: Final = frozenset({b"content-length", b"transfer-encoding"})


class Denial(NamedTuple):
    """What is sent: all that a response has."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes


UNAVAILABLE: Final = Denial(503, [(b"retry-after", b"5"), (b"content-length", b"0")], b"")
"""Not now. Clients that were refused at once come back at once where nobody tells them when."""


def compose_denial(
    status: ResponseStatus,
    headers: HeaderPairs | SupportsItems | None,
    text: str | None,
    media: object,
) -> Denial:
    """Make the response; raise `ValueError` or `TypeError` for what can't be sent."""
    code = status_code(status)
    if not 200 <= code <= 599:
        raise ValueError(f"a handshake is denied with a status from 200 to 599, not {status!r}")
    fields = [] if headers is None else encode_accept_headers(headers)
    for name, _ in fields:
        if name in _FRAMING:
            raise ValueError(f"the header {name.decode()} follows from the body: leave it out")
    body, media_type = _body(text, media)
    if media_type and not any(name == b"content-type" for name, _ in fields):
        fields.append((b"content-type", media_type.encode()))
    fields.append((b"content-length", str(len(body)).encode()))
    return Denial(code, fields, body)


def _body(text: object, media: object) -> tuple[bytes, str]:
    if text is None:
        return (b"", "") if media is None else (json.encode(media), MEDIA_JSON)
    if media is not None:
        raise ValueError("deny() takes text= or media=, not both: a response has one body")
    if not isinstance(text, str):
        raise TypeError(f"text= is a str, not {type(text).__name__}: give an object as media=")
    return text.encode(), MEDIA_TEXT
