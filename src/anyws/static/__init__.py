"""Files of a directory as responses: which, to whom, and how much of them."""

from __future__ import annotations

from anyws.static.route import StaticRoute

__all__ = ["StaticRoute"]
