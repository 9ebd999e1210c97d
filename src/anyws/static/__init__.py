"""Files of a directory as responses: which, to whom, and how much of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from anyws._imports import imported_on_demand

if TYPE_CHECKING:
    from collections.abc import Callable

    from anyws.static.route import StaticRoute

__all__ = ["StaticRoute"]

__getattr__: Callable[[str], object] = imported_on_demand(
    __name__, {"StaticRoute": "anyws.static.route"}
)
