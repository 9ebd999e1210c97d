"""Which media handler serves which media type."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, MutableMapping

from anyws.errors import HTTPUnsupportedMediaType
from anyws.media import multipart
from anyws.media.base import BaseHandler, essence
from anyws.media.defaults import default_handlers
from anyws.media.websocket import BinaryBaseHandlerWS, TextBaseHandlerWS
from anyws.media_types import MEDIA_MULTIPART


class Handlers(MutableMapping[str, BaseHandler]):
    """Maps media types to handlers, without regard to case and parameters.

    Without `initial` it has JSON, MessagePack, urlencoded and multipart forms. Later changes count
    from the next request on.

    What is put in raises `TypeError` if it is no instance of `BaseHandler`, and `ValueError` if
    its media type is none.
    """

    def __init__(self, initial: Mapping[str, BaseHandler] | None = None) -> None:
        self._handlers: dict[str, BaseHandler] = {}
        if initial is None:
            initial = default_handlers() | {MEDIA_MULTIPART: multipart.MultipartFormHandler()}
        self.update(initial)

    def find(self, media_type: str | None, default: str) -> BaseHandler:
        """Return the handler for a Content-Type, or for the default where that says nothing.

        None, '' and '*/*' say nothing (RFC 9110, section 8.3). An unknown type raises
        `HTTPUnsupportedMediaType`.
        """
        wanted = media_type
        if wanted is None or wanted in ("", "*/*"):
            wanted = default
        # Nearly all clients spell the type as it is kept: there is nothing to normalise then.
        handler = self._handlers.get(wanted)
        if handler is None:
            handler = self._handlers.get(essence(wanted))
        if handler is None:
            raise HTTPUnsupportedMediaType(description=f"There is no handler for {wanted}.")
        return handler

    def __getitem__(self, media_type: str) -> BaseHandler:
        return self._handlers[essence(media_type)]

    def __setitem__(self, media_type: str, handler: BaseHandler) -> None:
        _check(media_type, handler)
        self._handlers[essence(media_type)] = handler

    def __delitem__(self, media_type: str) -> None:
        del self._handlers[essence(media_type)]

    def __iter__(self) -> Iterator[str]:
        return iter(self._handlers)

    def __len__(self) -> int:
        return len(self._handlers)

    def __repr__(self) -> str:
        return f"Handlers({self._handlers!r})"


def _check(media_type: object, handler: object) -> None:
    if not isinstance(media_type, str) or "/" not in media_type:
        raise ValueError(
            f"{media_type!r} is no media type: handlers go by one such as 'application/json'"
        )
    if isinstance(handler, BaseHandler):
        return
    remedy = "subclass anyws.media.BaseHandler, and pass an instance"
    if isinstance(handler, type):
        remedy = f"pass an instance, such as {handler.__name__}()"
    elif isinstance(handler, (TextBaseHandlerWS, BinaryBaseHandlerWS)):
        remedy = "handlers of WebSocket messages go into ws_options.media_handlers"
    raise TypeError(f"the media handler of {media_type!r} is {handler!r}: {remedy}")
