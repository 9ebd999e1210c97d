"""Bodies of multipart/form-data, part by part (RFC 7578)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from anyws._imports import imported_on_demand

if TYPE_CHECKING:
    from anyws.media.multipart.form import MultipartForm
    from anyws.media.multipart.handler import MultipartFormHandler
    from anyws.media.multipart.options import MultipartOptions
    from anyws.media.multipart.part import BodyPart
    from anyws.media.multipart.part_stream import PartStream
else:
    __getattr__ = imported_on_demand(
        __name__,
        {
            "BodyPart": "anyws.media.multipart.part",
            "MultipartForm": "anyws.media.multipart.form",
            "MultipartFormHandler": "anyws.media.multipart.handler",
            "MultipartOptions": "anyws.media.multipart.options",
            "PartStream": "anyws.media.multipart.part_stream",
        },
    )

__all__ = ["BodyPart", "MultipartForm", "MultipartFormHandler", "MultipartOptions", "PartStream"]
