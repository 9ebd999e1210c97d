"""The media type of a file, by its name."""

from __future__ import annotations

import os.path
from mimetypes import MimeTypes
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

# An instance has the standard library's own table; the module's functions read the system's too,
# so that what is served would depend on what is installed.
_STANDARD: Final = MimeTypes().types_map[True]
# What the table of some Python versions lacks or has by an old name.
_CORRECTIONS: Final = {
    ".avif": "image/avif",
    ".gz": "application/gzip",
    ".js": "text/javascript",
    ".md": "text/markdown",
    ".mjs": "text/javascript",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
}
_UNKNOWN: Final = "application/octet-stream"


def media_type_of(name: str, overrides: Mapping[str, str]) -> str:
    """Give the media type by the suffix; `overrides` come first, the unknown is octet-stream."""
    suffix = os.path.splitext(name)[1].lower()
    for table in (overrides, _CORRECTIONS, _STANDARD):
        media_type = table.get(suffix)
        if media_type is not None:
            return media_type
    return _UNKNOWN
