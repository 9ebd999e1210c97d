"""Bodies of multipart/form-data, part by part (RFC 7578)."""

from __future__ import annotations

from anyws.media.multipart.form import MultipartForm
from anyws.media.multipart.handler import MultipartFormHandler
from anyws.media.multipart.options import MultipartOptions
from anyws.media.multipart.part import BodyPart
from anyws.media.multipart.part_stream import PartStream

__all__ = ["BodyPart", "MultipartForm", "MultipartFormHandler", "MultipartOptions", "PartStream"]
