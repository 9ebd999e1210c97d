"""The media handlers that there are from the start, for bodies that are one object."""

from __future__ import annotations

from anyws.media.base import BaseHandler
from anyws.media.http import JSONHandler, MessagePackHandler
from anyws.media.urlencoded import URLEncodedFormHandler
from anyws.media_types import MEDIA_JSON, MEDIA_MSGPACK, MEDIA_URLENCODED


def default_handlers() -> dict[str, BaseHandler]:
    """Make the handlers of JSON, MessagePack and urlencoded forms, by their media types."""
    return {
        MEDIA_JSON: JSONHandler(),
        MEDIA_MSGPACK: MessagePackHandler(),
        MEDIA_URLENCODED: URLEncodedFormHandler(),
    }
