"""One HTTP exchange: the request as it came, and the response as a program shapes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from anyws._imports import imported_on_demand
from anyws.http.request import Request
from anyws.http.response import Response

if TYPE_CHECKING:
    from anyws.http.options import RequestOptions, ResponseOptions
else:
    __getattr__ = imported_on_demand(
        __name__,
        dict.fromkeys(("RequestOptions", "ResponseOptions"), "anyws.http.options"),
    )

__all__ = ["Request", "RequestOptions", "Response", "ResponseOptions"]
