"""What can be set for multipart forms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from anyws._options import Options, count, instance_of
from anyws.media.base import BaseHandler
from anyws.media.defaults import default_handlers


@dataclass(kw_only=True, slots=True)
class MultipartOptions(Options):
    """How much a form may have, and what reads the media of its parts.

    Beyond a limit reading raises `HTTPContentTooLarge` (413); None is no limit. A form counts by
    what was set when the reading began. The body as a whole is limited by
    `req_options.max_body_size`.
    """

    max_body_part_count: int | None = field(default=64, metadata=count(minimum=1, optional=True))
    """Parts of a form."""

    max_body_part_headers_size: int = field(default=8192, metadata=count(minimum=1))
    """Bytes of the headers of one part, all of which are kept in memory."""

    max_body_part_buffer_size: int | None = field(default=2**20, metadata=count(optional=True))
    """Bytes of a part that is read whole, by `get_data()`, `get_text()` or `get_media()`.

    Reading `part.stream` is not limited by it."""

    media_handlers: Mapping[str, BaseHandler] = field(
        default_factory=default_handlers, metadata=instance_of(Mapping)
    )
    """What reads the media of a part, by its media type in lower case."""
