"""Bodies of multipart/form-data, part by part (RFC 7578)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from anyws._imports import imported_on_demand
from anyws.media.multipart.handler import MultipartFormHandler
from anyws.media.multipart.options import MultipartOptions
from anyws.media.multipart.part_stream import PartStream

if TYPE_CHECKING:
    from collections.abc import Callable

    from anyws.media.multipart.form import MultipartForm
    from anyws.media.multipart.part import BodyPart

__all__ = ["BodyPart", "MultipartForm", "MultipartFormHandler", "MultipartOptions", "PartStream"]

__getattr__: Callable[[str], object] = imported_on_demand(
    __name__,
    {"BodyPart": "anyws.media.multipart.part", "MultipartForm": "anyws.media.multipart.form"},
)
