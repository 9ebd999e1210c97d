"""What can be set about requests and responses: `app.req_options` and `app.resp_options`."""

from __future__ import annotations

from dataclasses import dataclass, field

from anyws._options import Options, count, flag, instance_of, seconds, text
from anyws.media import Handlers
from anyws.media_types import MEDIA_JSON


@dataclass(kw_only=True, slots=True)
class RequestOptions(Options):
    """How requests are read."""

    media_handlers: Handlers = field(default_factory=Handlers, metadata=instance_of(Handlers))
    """What reads a body, by its media type."""

    default_media_type: str = field(default=MEDIA_JSON, metadata=text())
    """The media type of a body that comes without Content-Type."""

    keep_blank_qs_values: bool = field(default=True, metadata=flag())
    """Whether a parameter without a value is `''`; if not, it is left out."""

    auto_parse_qs_csv: bool = field(default=False, metadata=flag())
    """Whether `?a=1,2` is the list of 1 and 2. A percent-encoded comma separates nothing."""

    strip_url_path_trailing_slash: bool = field(default=False, metadata=flag())
    """Whether one slash at the end of the path is taken away, so that `/x/` is `/x`."""

    max_body_size: int | None = field(default=16 * 2**20, metadata=count(optional=True))
    """Bytes that a request's body may have, 16 MiB unless said otherwise; beyond it 413.

    A body that is read whole takes that much memory for each request. None is no limit.
    """


@dataclass(kw_only=True, slots=True)
class ResponseOptions(Options):
    """How responses are written."""

    media_handlers: Handlers = field(default_factory=Handlers, metadata=instance_of(Handlers))
    """What writes `resp.media`, by the media type of the response."""

    default_media_type: str = field(default=MEDIA_JSON, metadata=text())
    """The media type of a body for which none was set."""

    secure_cookies_by_default: bool = field(default=True, metadata=flag())
    """Whether cookies are Secure, which keeps them off plain HTTP, where nothing else is said."""

    static_media_types: dict[str, str] = field(
        default_factory=dict[str, str], metadata=instance_of(dict)
    )
    """Media types of static files by their suffix, `.txt` for example, before any other source."""

    sse_ping_interval: float | None = field(default=15.0, metadata=seconds(optional=True))
    """Seconds of silence after which a stream of events sends a comment, to keep proxies from
    closing it. None sends none. Each stream wakes up once in that time."""
