"""Bad requests whose body, or message, cannot be read as what it claims to be."""

from __future__ import annotations

from typing import Unpack

from anyws.errors.client_errors import HTTPBadRequest
from anyws.errors.http_base import ErrorOptions
from anyws.media_types import MEDIA_MULTIPART


class MediaNotFoundError(HTTPBadRequest):
    """400: the body is empty where `media_type` was expected."""

    def __init__(self, media_type: str, **options: Unpack[ErrorOptions]) -> None:
        options.setdefault("title", "Empty body")
        options.setdefault("description", f"The body is empty; {media_type} is expected.")
        super().__init__(**options)
        self.media_type = media_type


class MediaMalformedError(HTTPBadRequest):
    """400: the body is not well-formed `media_type`. The parser's own error is the cause."""

    def __init__(self, media_type: str, **options: Unpack[ErrorOptions]) -> None:
        options.setdefault("title", "Malformed body")
        options.setdefault("description", f"The body is not well-formed {media_type}.")
        super().__init__(**options)
        self.media_type = media_type


class MediaValidationError(HTTPBadRequest, ValueError):
    """400: the body or message is well-formed, and does not fit the type that was asked for.

    The description says what does not fit, and where.
    """


class MultipartParseError(MediaMalformedError):
    """400: the body is not a well-formed multipart form (RFC 7578), or breaks a limit on one."""

    def __init__(self, **options: Unpack[ErrorOptions]) -> None:
        super().__init__(MEDIA_MULTIPART, **options)
