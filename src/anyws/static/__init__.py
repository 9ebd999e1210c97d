"""Files of a directory as responses: which, to whom, and how much of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from anyws._imports import imported_on_demand

if TYPE_CHECKING:
    from anyws.static.route import StaticRoute
else:
    __getattr__ = imported_on_demand(__name__, {"StaticRoute": "anyws.static.route"})

__all__ = ["StaticRoute"]
