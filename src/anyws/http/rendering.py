"""What is sent for a response: its status, its headers, and where its body comes from."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterable
from typing import TYPE_CHECKING, Final, NamedTuple, cast

from anyws.errors import HTTPUnsupportedMediaType
from anyws.headers import encode_header
from anyws.http.streams import AsyncReader, StreamSource
from anyws.media.unawaited import refuse_unawaited

if TYPE_CHECKING:
    from anyws.http.response import Response, ServerSentEvent
    from anyws.media import BaseHandler

_logger = logging.getLogger("anyws")

MEDIA_EVENT_STREAM: Final = "text/event-stream"

# RFC 9110, section 7.6.1: they are about one connection, which is the server's.
_HOP_BY_HOP: Final = frozenset(
    {
        "connection",
        "keep-alive",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
_NO_CONTENT: Final = 204
_NOT_MODIFIED: Final = 304
_UPGRADE_REQUIRED: Final = 426


class Rendered(NamedTuple):
    """What is sent: a body that is there, or else the one of `stream` and `sse` that is not None.

    The sources of a response that are not here are closed as well as those that are.
    """

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes | None
    stream: StreamSource | None = None
    sse: AsyncIterable[ServerSentEvent | None] | None = None


async def render(resp: Response, *, head: bool) -> Rendered:
    """Decide what is sent; `head` says that the request was a HEAD, which gets headers only.

    Nothing is sent but the headers for 1xx, 204 and 304; then come `sse`, `text`, `data`,
    `media`, `stream`, the first that is not None. Nothing is closed here, and the response is not
    changed.

    Raises what the handler of `media` raises; `ValueError` for a media type that has no handler;
    `TypeError` for `sse`, `text`, `data` or `stream` of the wrong type.
    """
    status = resp.status_code
    fields = resp.copy_fields()
    body: bytes | None = b""
    stream = sse = None
    if status < 200 or status == _NO_CONTENT:
        # RFC 9110, section 8.6.
        fields.pop("content-length", None)
    elif status == _NOT_MODIFIED:
        pass
    elif resp.sse is not None:
        body, sse = None, _checked_events(resp.sse)
        fields.pop("content-length", None)
        fields.setdefault("content-type", MEDIA_EVENT_STREAM)
        fields.setdefault("cache-control", "no-store")
    else:
        if resp.text is not None:
            body = _encoded(resp.text)
        elif resp.data is not None:
            body = as_bytes("resp.data", resp.data)
        elif resp.media is not None:
            media_type = resp.content_type or resp.options.default_media_type
            body = await _handler(resp, media_type).serialize_async(resp.media, media_type)
        elif resp.stream is not None:
            body, stream = None, _checked_stream(resp.stream)
        elif head:
            # How long a body would have been is the responder's to say.
            body = None
        if body is not None:
            fields["content-length"] = str(len(body))
        if body or stream is not None:
            fields.setdefault("content-type", resp.options.default_media_type)
    headers = _encode(fields, resp, status)
    if head:
        return Rendered(status, headers, b"")
    return Rendered(status, headers, body, stream, sse)


def _encoded(text: object) -> bytes:
    if isinstance(text, str):
        return text.encode()
    refuse_unawaited(text)
    raise TypeError(f"resp.text is a str, not {type(text).__name__}: use resp.data or resp.media")


def as_bytes(name: str, data: object) -> bytes:
    """Give a body, or a part of one, as bytes; `TypeError` for what is not binary."""
    if isinstance(data, bytes):
        return data
    if isinstance(data, (bytearray, memoryview)):
        return bytes(cast("bytearray", data))
    refuse_unawaited(data)
    raise TypeError(
        f"{name} is bytes, not {type(data).__name__}: encode text, or use resp.text or resp.media"
    )


def _checked_stream(stream: object) -> StreamSource:
    if isinstance(stream, (AsyncIterable, AsyncReader)):
        return cast("StreamSource", stream)
    refuse_unawaited(stream)
    raise TypeError(
        "resp.stream is an asynchronous iterable of bytes or has async read(size), not "
        f"{stream!r}: call a generator function, which is an 'async def' with a 'yield' in it, or "
        "use resp.data"
    )


def _checked_events(events: object) -> AsyncIterable[ServerSentEvent | None]:
    if isinstance(events, AsyncIterable):
        return cast("AsyncIterable[ServerSentEvent | None]", events)
    refuse_unawaited(events)
    raise TypeError(
        f"resp.sse is an asynchronous iterable of SSEvent objects, not {events!r}: "
        "call a generator function, which is an 'async def' with a 'yield' in it"
    )


def _handler(resp: Response, media_type: str) -> BaseHandler:
    options = resp.options
    try:
        return options.media_handlers.find(media_type, options.default_media_type)
    except HTTPUnsupportedMediaType:
        # The request is not at fault.
        raise ValueError(
            f"no media handler writes resp.media as {media_type!r}: "
            "add one to resp_options.media_handlers, or set resp.data"
        ) from None


def _encode(fields: dict[str, str], resp: Response, status: int) -> list[tuple[bytes, bytes]]:
    if not _HOP_BY_HOP.isdisjoint(fields):
        _leave_out_hop_by_hop(fields, status)
    headers: list[tuple[bytes, bytes]] = []
    for name, value in fields.items():
        headers.append(encode_header(name, value))
    for cookie in resp.set_cookie_values:
        headers.append(encode_header("set-cookie", cookie))
    return headers


def _leave_out_hop_by_hop(fields: dict[str, str], status: int) -> None:
    for name in _HOP_BY_HOP.intersection(fields):
        # A 426 must say what to upgrade to (RFC 9110, section 15.5.22).
        if not (name == "upgrade" and status == _UPGRADE_REQUIRED):
            _logger.debug("the response's header %s is left out: it is the server's to set", name)
            del fields[name]
