"""Server-sent events: WHATWG HTML, section 9.2."""

from __future__ import annotations

from anyws.sse.event import SSEvent

__all__ = ["SSEvent"]
