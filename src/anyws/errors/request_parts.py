"""Bad requests that name the header or the parameter at fault."""

from __future__ import annotations

from typing import Unpack

from anyws.errors.client_errors import HTTPBadRequest
from anyws.errors.http_base import ErrorOptions


class HTTPInvalidHeader(HTTPBadRequest):
    """400: the value of the header `header_name` is not valid; `msg` says why."""

    def __init__(self, msg: str, header_name: str, **options: Unpack[ErrorOptions]) -> None:
        options.setdefault("title", "Invalid header")
        options.setdefault("description", f"The header {header_name} is not valid. {msg}")
        super().__init__(**options)
        self.header_name = header_name


class HTTPMissingHeader(HTTPBadRequest):
    """400: the request lacks the header `header_name`."""

    def __init__(self, header_name: str, **options: Unpack[ErrorOptions]) -> None:
        options.setdefault("title", "Missing header")
        options.setdefault("description", f"The request needs the header {header_name}.")
        super().__init__(**options)
        self.header_name = header_name


class HTTPInvalidParam(HTTPBadRequest):
    """400: the value of the parameter `param_name` is not valid; `msg` says why."""

    def __init__(self, msg: str, param_name: str, **options: Unpack[ErrorOptions]) -> None:
        options.setdefault("title", "Invalid parameter")
        options.setdefault("description", f"The parameter {param_name} is not valid. {msg}")
        super().__init__(**options)
        self.param_name = param_name


class HTTPMissingParam(HTTPBadRequest):
    """400: the request lacks the parameter `param_name`."""

    def __init__(self, param_name: str, **options: Unpack[ErrorOptions]) -> None:
        options.setdefault("title", "Missing parameter")
        options.setdefault("description", f"The request needs the parameter {param_name}.")
        super().__init__(**options)
        self.param_name = param_name
