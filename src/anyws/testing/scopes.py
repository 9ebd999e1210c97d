"""Scopes as a server makes them, and how the arguments of a request become one."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final, TypeAlias, cast
from urllib.parse import quote, unquote, urlencode, urlsplit

if TYPE_CHECKING:
    from anyws._asgi.types import Scope

HeadersArgument: TypeAlias = Mapping[str, str] | Iterable[tuple[str, str]]
"""Header fields: a mapping of names to values, or pairs of them where a name is repeated."""

DEFAULT_HOST: Final = "localhost"
DEFAULT_REMOTE_ADDR: Final = "127.0.0.1"
DEFAULT_SPEC_VERSION: Final = "2.3"
DENIAL_EXTENSION: Final[Mapping[str, Mapping[str, object]]] = {"websocket.http.response": {}}


class ServersOwn(enum.Enum):
    """Stands for what the simulated server has, in arguments where None says something else."""

    SERVERS_OWN = enum.auto()


SERVERS_OWN: Final = ServersOwn.SERVERS_OWN

_DEFAULT_PORTS: Final = {"http": 80, "ws": 80, "https": 443, "wss": 443}
_CLIENT_PORT: Final = 49_152
# RFC 3986, section 3.3, and the percent sign, so that what is encoded stays as it is.
_PATH_CHARACTERS: Final = "/:@!$&'()*+,;=-._~%"


def create_scope(
    path: str = "/",
    query_string: str | bytes = "",
    method: str = "GET",
    headers: HeadersArgument | None = None,
    *,
    cookies: Mapping[str, str] | None = None,
    host: str = DEFAULT_HOST,
    scheme: str = "http",
    http_version: str = "1.1",
    remote_addr: str | None = DEFAULT_REMOTE_ADDR,
    root_path: str = "",
    spec_version: str | None = DEFAULT_SPEC_VERSION,
) -> Scope:
    """Make the scope of an HTTP request.

    `path` may be percent-encoded, as in a URL. `host` may carry a port, and is the Host header
    unless `headers` has one. Without a `remote_addr` (None) the server does not know the client.
    Raises `ValueError` for a path that does not begin with a slash or has a query.
    """
    scope = _scope(path, query_string, host, scheme, http_version, remote_addr, root_path)
    scope["type"] = "http"
    scope["asgi"] = _asgi(spec_version)
    scope["method"] = method
    scope["headers"] = _encoded({"host": host}, headers, cookies)
    return scope


def create_scope_ws(
    path: str = "/",
    query_string: str | bytes = "",
    headers: HeadersArgument | None = None,
    *,
    cookies: Mapping[str, str] | None = None,
    subprotocols: Iterable[str] | None = None,
    spec_version: str | None = DEFAULT_SPEC_VERSION,
    extensions: Mapping[str, Mapping[str, object]] | None = None,
    host: str = DEFAULT_HOST,
    scheme: str = "ws",
    http_version: str = "1.1",
    remote_addr: str | None = DEFAULT_REMOTE_ADDR,
    root_path: str = "",
) -> Scope:
    """Make the scope of a WebSocket's handshake.

    As `create_scope`. `spec_version` may be None, to leave it out, or one that does not exist.
    `extensions` are those of the server: None stands for one that can deny a handshake with an
    HTTP response, `{}` for one that can only close.
    """
    offered = [] if subprotocols is None else list(subprotocols)
    fields = {"host": host} | _handshake_fields(http_version, offered)
    scope = _scope(path, query_string, host, scheme, http_version, remote_addr, root_path)
    scope["type"] = "websocket"
    scope["asgi"] = _asgi(spec_version)
    scope["subprotocols"] = offered
    scope["headers"] = _encoded(fields, headers, cookies)
    scope["extensions"] = dict(DENIAL_EXTENSION if extensions is None else extensions)
    return scope


def merge_headers(
    defaults: HeadersArgument | None, headers: HeadersArgument | None
) -> list[tuple[str, str]]:
    """Put headers in the place of defaults that have the same name, in whatever case."""
    given = _pairs(headers)
    names = {name.lower() for name, _ in given}
    return [pair for pair in _pairs(defaults) if pair[0].lower() not in names] + given


def split_target(
    path: str, query_string: str | bytes | None, params: Mapping[str, object] | None
) -> tuple[str, str | bytes]:
    """Give a path without query, and the query from the one argument that has it.

    In `params` a list or a tuple is a parameter that is repeated; True and False are `true` and
    `false`. Raises `ValueError` where more than one argument has a query.
    """
    bare, mark, query = path.partition("?")
    given: list[str | bytes] = [query] if mark else []
    if query_string is not None:
        given.append(query_string)
    if params is not None:
        given.append(_query(params))
    if len(given) > 1:
        raise ValueError(
            f"the query is given more than once: path={path!r}, query_string={query_string!r}, "
            f"params={params!r}; put all of it in one of them"
        )
    return bare, given[0] if given else ""


def _scope(
    path: str,
    query_string: str | bytes,
    host: str,
    scheme: str,
    http_version: str,
    remote_addr: str | None,
    root_path: str,
) -> Scope:
    if not path.startswith("/") or "?" in path:
        raise ValueError(
            f"path={path!r} must begin with a slash and have no query: that is query_string="
        )
    raw_path = quote(path, safe=_PATH_CHARACTERS)
    server = urlsplit(f"//{host}")
    port = _DEFAULT_PORTS.get(scheme, 80) if server.port is None else server.port
    return {
        "http_version": http_version,
        "scheme": scheme,
        "path": unquote(raw_path),
        "raw_path": raw_path.encode("ascii"),
        "query_string": query_string.encode() if isinstance(query_string, str) else query_string,
        "root_path": root_path,
        "client": None if remote_addr is None else [remote_addr, _CLIENT_PORT],
        "server": [server.hostname, port],
    }


def _asgi(spec_version: str | None) -> dict[str, str]:
    if spec_version is None:
        return {"version": "3.0"}
    return {"version": "3.0", "spec_version": spec_version}


def _handshake_fields(http_version: str, subprotocols: list[str]) -> dict[str, str]:
    """Give the fields of the opening handshake: RFC 6455, section 4.1, and RFC 8441, section 5."""
    fields = {"sec-websocket-version": "13"}
    if http_version == "1.1":
        fields["connection"] = "Upgrade"
        fields["upgrade"] = "websocket"
        fields["sec-websocket-key"] = "dGhlIHNhbXBsZSBub25jZQ=="
    if subprotocols:
        fields["sec-websocket-protocol"] = ", ".join(subprotocols)
    return fields


def _pairs(headers: HeadersArgument | None) -> list[tuple[str, str]]:
    if isinstance(headers, Mapping):
        return list(cast("Mapping[str, str]", headers).items())
    return [] if headers is None else list(headers)


def _encoded(
    defaults: dict[str, str], headers: HeadersArgument | None, cookies: Mapping[str, str] | None
) -> list[tuple[bytes, bytes]]:
    fields = merge_headers(defaults, headers)
    if cookies:
        fields.append(("cookie", "; ".join(f"{name}={value}" for name, value in cookies.items())))
    return [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in fields]


def _query(params: Mapping[str, object]) -> str:
    return urlencode(
        [
            (name, _parameter(value))
            for name, values in params.items()
            for value in _repeated(values)
        ]
    )


def _repeated(values: object) -> Iterable[object]:
    return cast("Iterable[object]", values) if isinstance(values, (list, tuple)) else (values,)


def _parameter(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
