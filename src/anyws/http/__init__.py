"""One HTTP exchange: the request as it came, and the response as a program shapes it."""

from __future__ import annotations

from anyws.http.options import RequestOptions, ResponseOptions
from anyws.http.request import Request
from anyws.http.response import Response

__all__ = ["Request", "RequestOptions", "Response", "ResponseOptions"]
