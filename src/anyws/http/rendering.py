"""What is sent for a response: its status, its headers, and where its body comes from."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterable
from typing import TYPE_CHECKING, Final, NamedTuple, cast

from anyws.errors import HTTPUnsupportedMediaType
from anyws.headers import encode_header
from anyws.http.streams import AsyncReader, StreamSource

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
    `TypeError` for a `text`, `data` or `stream` of the wrong type.
    """
    status = resp.status_code
    fields = resp.headers
    stream = sse = None
    body: bytes | None = b""
    if status < 200 or status == _NO_CONTENT:
        # RFC 9110, section 8.6.
        fields.pop("content-length", None)
    elif status == _NOT_MODIFIED:
        pass
    elif resp.sse is not None:
        body, sse = None, resp.sse
        fields.pop("content-length", None)
        fields.setdefault("content-type", MEDIA_EVENT_STREAM)
        fields.setdefault("cache-control", "no-store")
    else:
        body = await _whole_body(resp)
        if body is not None:
            fields["content-length"] = str(len(body))
        elif resp.stream is not None:
            stream = _checked_stream(resp.stream)
        elif not head:
            body = b""
            fields["content-length"] = "0"
        if body or stream is not None:
            fields.setdefault("content-type", resp.options.default_media_type)
    headers = _encode(fields, resp, status)
    if head:
        return Rendered(status, headers, b"")
    return Rendered(status, headers, body, stream, sse)


async def _whole_body(resp: Response) -> bytes | None:
    """Give the body, if it is one that is there as a whole."""
    if resp.text is not None:
        return _encoded(resp.text)
    if resp.data is not None:
        return _as_bytes(resp.data)
    if resp.media is not None:
        media_type = resp.content_type or resp.options.default_media_type
        return await _handler(resp, media_type).serialize_async(resp.media, media_type)
    return None


def _encoded(text: object) -> bytes:
    if isinstance(text, str):
        return text.encode()
    raise TypeError(f"resp.text is a str, not {type(text).__name__}: use resp.data or resp.media")


def _as_bytes(data: object) -> bytes:
    if isinstance(data, bytes):
        return data
    if isinstance(data, (bytearray, memoryview)):
        return bytes(cast("bytearray", data))
    raise TypeError(f"resp.data is bytes, not {type(data).__name__}: use resp.text or resp.media")


def _checked_stream(stream: object) -> StreamSource:
    if isinstance(stream, (AsyncIterable, AsyncReader)):
        return cast("StreamSource", stream)
    raise TypeError(
        f"resp.stream is an asynchronous iterable of bytes or has async read(size), not {stream!r}"
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
    headers: list[tuple[bytes, bytes]] = []
    for name, value in fields.items():
        # A 426 must say what to upgrade to (RFC 9110, section 15.5.22).
        if name in _HOP_BY_HOP and not (name == "upgrade" and status == _UPGRADE_REQUIRED):
            _logger.debug("the response's header %s is left out: it is the server's to set", name)
        else:
            headers.append(encode_header(name, value))
    headers.extend(encode_header("set-cookie", cookie) for cookie in resp.set_cookie_values)
    return headers
