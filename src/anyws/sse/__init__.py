"""Server-sent events: WHATWG HTML, section 9.2."""

from __future__ import annotations

from typing import TYPE_CHECKING

from anyws._imports import imported_on_demand

if TYPE_CHECKING:
    from anyws.sse.event import SSEvent
else:
    __getattr__ = imported_on_demand(__name__, {"SSEvent": "anyws.sse.event"})

__all__ = ["SSEvent"]
