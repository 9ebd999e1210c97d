"""A simulated request: its arguments, and the scope and the body that they become."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from anyws.media import json as json_codec
from anyws.testing.scopes import (
    DEFAULT_HOST,
    DEFAULT_REMOTE_ADDR,
    DEFAULT_SPEC_VERSION,
    HeadersArgument,
    create_scope,
    merge_headers,
    split_target,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from anyws._asgi.types import Scope


class RequestArguments(TypedDict, total=False):
    """What a simulated request may be given, all of it by keyword.

    The query is given in the path, in `query_string` or in `params`; the body in `body` or in
    `json`: `ValueError` otherwise.
    """

    query_string: str | bytes | None
    """The query, percent-encoded. Bytes go out as they are."""
    params: Mapping[str, object] | None
    """The query as a mapping; a list or a tuple is a repeated parameter."""
    headers: HeadersArgument | None
    """Header fields; they replace those of the same name that would be sent by default."""
    cookies: Mapping[str, str] | None
    """Cookies, by name, not encoded in any way."""
    json: object
    """An object that is the body as JSON, None included."""
    body: str | bytes | None
    """The body; a str is encoded in UTF-8."""
    content_type: str | None
    """The Content-Type header; `application/json` by default where there is `json`."""
    host: str
    """The Host header, and the server's address, with a port or without."""
    scheme: str
    """`http` or `https`."""
    remote_addr: str | None
    """The client's address; None where the server does not know it."""
    spec_version: str | None
    """The version of the ASGI HTTP specification that the server speaks; None leaves it out.

    From 2.4 on a send after the client has left raises `OSError`."""
    timeout: float | None
    """Seconds that the application has; None stands for what the conductor takes for enough."""


def make_request(
    method: str, path: str, defaults: HeadersArgument, arguments: RequestArguments
) -> tuple[Scope, bytes]:
    """Make the scope and the body of a request. `defaults` are the conductor's headers.

    Raises `TypeError` for an argument that there is not.
    """
    unknown = sorted(set(arguments).difference(RequestArguments.__annotations__))
    if unknown:
        raise TypeError(
            f"a simulated request has no argument {unknown[0]!r}; it has "
            f"{', '.join(RequestArguments.__annotations__)}"
        )
    path, query_string = split_target(path, arguments.get("query_string"), arguments.get("params"))
    body = _body(arguments)
    content = merge_headers(defaults, _content_headers(arguments, body))
    scope = create_scope(
        path,
        query_string,
        method,
        merge_headers(content, arguments.get("headers")),
        cookies=arguments.get("cookies"),
        host=arguments.get("host", DEFAULT_HOST),
        scheme=arguments.get("scheme", "http"),
        remote_addr=arguments.get("remote_addr", DEFAULT_REMOTE_ADDR),
        spec_version=arguments.get("spec_version", DEFAULT_SPEC_VERSION),
    )
    return scope, b"" if body is None else body


def _body(arguments: RequestArguments) -> bytes | None:
    body = arguments.get("body")
    if "json" in arguments:
        if body is not None:
            raise ValueError("body= and json= are both given: a request has one body")
        return json_codec.encode(arguments["json"])
    return _encoded(body)


def _encoded(body: object) -> bytes | None:
    if isinstance(body, str):
        return body.encode()
    if body is None or isinstance(body, bytes):
        return body
    raise TypeError(f"body is a str or bytes, not {body!r}: json= takes what JSON can hold")


def _content_headers(arguments: RequestArguments, body: bytes | None) -> dict[str, str]:
    headers: dict[str, str] = {}
    content_type = arguments.get("content_type")
    if content_type is None and "json" in arguments:
        content_type = "application/json"
    if content_type is not None:
        headers["content-type"] = content_type
    if body is not None:
        headers["content-length"] = str(len(body))
    return headers
