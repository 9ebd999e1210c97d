"""The response that an HTTP error becomes."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Final, TypeAlias

from anyws.errors import HTTPError
from anyws.http.streams import aclose
from anyws.media.codecs import json
from anyws.media_types import MEDIA_JSON, MEDIA_MULTIPART, MEDIA_URLENCODED

if TYPE_CHECKING:
    from anyws.errors import HTTPStatus
    from anyws.http.request import Request
    from anyws.http.response import Response

# RFC 9110, section 8: they describe a body that is not going to be sent.
_ABOUT_THE_BODY: Final = (
    "content-type",
    "content-length",
    "content-encoding",
    "content-range",
    "content-disposition",
    "etag",
    "last-modified",
)

# Forms are what clients send, and JSON is the first choice.
_NOT_FOR_ERRORS: Final = (MEDIA_JSON, MEDIA_URLENCODED, MEDIA_MULTIPART)

ErrorSerializer: TypeAlias = Callable[["Request", "Response", HTTPError], Awaitable[None] | None]


async def compose_error(
    req: Request, resp: Response, error: HTTPError | HTTPStatus, serialize: ErrorSerializer
) -> None:
    """Replace the response by what was raised: status, headers and body."""
    await _discard_body(resp)
    resp.status = error.status
    for name in {name for name, _ in error.headers}:
        resp.delete_header(name)
    for name, value in error.headers:
        resp.append_header(name, value)
    if isinstance(error, HTTPError):
        serialized = serialize(req, resp, error)
        if inspect.isawaitable(serialized):
            await serialized
    else:
        resp.text = error.text


def serialize_error(req: Request, resp: Response, error: HTTPError) -> None:
    """Write an error's body: JSON, unless the client prefers another media type that there is.

    The body is never empty, whatever the client says that it accepts: an error that can't be read
    is worse than one in JSON.
    """
    handlers = resp.options.media_handlers
    others = [media_type for media_type in handlers if media_type not in _NOT_FOR_ERRORS]
    preferred = req.client_prefers([MEDIA_JSON, *others]) or MEDIA_JSON
    resp.append_header("Vary", "Accept")
    resp.content_type = preferred
    if preferred == MEDIA_JSON:
        resp.data = json.encode(error.to_dict())
    else:
        resp.media = error.to_dict()


async def _discard_body(resp: Response) -> None:
    sources = resp.stream, resp.sse
    resp.text = resp.data = resp.media = resp.stream = resp.sse = None
    for name in _ABOUT_THE_BODY:
        resp.delete_header(name)
    for source in sources:
        await aclose(source)
