"""The media types that are worth a name, as values of a Content-Type header.

Text types carry their charset, since without it a recipient guesses; JSON, JavaScript and YAML
are UTF-8 by their own specifications, and XML names its encoding inside (RFC 7303, section 3).
"""

from __future__ import annotations

from typing import Final

__all__ = [
    "MEDIA_BMP",
    "MEDIA_CSS",
    "MEDIA_CSV",
    "MEDIA_GIF",
    "MEDIA_HTML",
    "MEDIA_JPEG",
    "MEDIA_JS",
    "MEDIA_JSON",
    "MEDIA_MSGPACK",
    "MEDIA_MULTIPART",
    "MEDIA_PARQUET",
    "MEDIA_PNG",
    "MEDIA_SVG",
    "MEDIA_TEXT",
    "MEDIA_URLENCODED",
    "MEDIA_WEBP",
    "MEDIA_XML",
    "MEDIA_YAML",
]

MEDIA_JSON: Final = "application/json"
MEDIA_MSGPACK: Final = "application/msgpack"
MEDIA_MULTIPART: Final = "multipart/form-data"
MEDIA_URLENCODED: Final = "application/x-www-form-urlencoded"
MEDIA_XML: Final = "application/xml"
MEDIA_YAML: Final = "application/yaml"
MEDIA_PARQUET: Final = "application/vnd.apache.parquet"

MEDIA_TEXT: Final = "text/plain; charset=utf-8"
MEDIA_HTML: Final = "text/html; charset=utf-8"
MEDIA_CSS: Final = "text/css; charset=utf-8"
MEDIA_CSV: Final = "text/csv; charset=utf-8"
MEDIA_JS: Final = "text/javascript"

MEDIA_PNG: Final = "image/png"
MEDIA_JPEG: Final = "image/jpeg"
MEDIA_GIF: Final = "image/gif"
MEDIA_WEBP: Final = "image/webp"
MEDIA_SVG: Final = "image/svg+xml"
MEDIA_BMP: Final = "image/bmp"
