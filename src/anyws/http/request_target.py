"""The part of a request that says where it went, and where it came from."""

from __future__ import annotations

from typing import Final

from anyws._imports import url_parsing
from anyws.errors import HTTPInvalidHeader
from anyws.http.authority import (
    DEFAULT_PORTS,
    Address,
    format_authority,
    parse_authority,
    read_address,
)
from anyws.http.lazy import lazy
from anyws.http.request_headers import HeaderViews
from anyws.http.request_params import QueryViews

# What may stand in a query string as it is, `%` included: it is encoded already.
_QUERY: Final = "/?:@!$&'()*+,;=%[]"
_PATH: Final = "/:@!$&'()*+,;="


class TargetViews(HeaderViews, QueryViews):
    """The URI of a request, in full and in parts, and the addresses of its two ends.

    A Host field that is no host raises `HTTPInvalidHeader` (400) in everything made from it.
    """

    __slots__ = ()

    path: str

    @property
    def scheme(self) -> str:
        """`http` or `https`; `ws` or `wss` for a WebSocket."""
        default = "ws" if self.scope["type"] == "websocket" else "http"
        scheme: str = self.scope.get("scheme", default)
        return scheme

    @property
    def host(self) -> str:
        """The host that the client asked for; without a Host field the server's own."""
        return self._authority.host

    @property
    def port(self) -> int | None:
        """The port that the client asked for, be it the scheme's default.

        None where there is none: a Unix socket without a Host field.
        """
        port = self._authority.port
        if port is None and self._has_host_field:
            return DEFAULT_PORTS.get(self.scheme)
        return port

    @property
    def netloc(self) -> str:
        """The host and the port, which is left out where the scheme implies it."""
        return format_authority(self._authority, self.scheme)

    @property
    def root_path(self) -> str:
        """The path at which the application is mounted; `''` at the root."""
        root_path: str = self.scope.get("root_path", "")
        return root_path

    @property
    def prefix(self) -> str:
        """The URI of the place at which the application is mounted."""
        return f"{self.scheme}://{self.netloc}{_quoted(self.root_path)}"

    @property
    def relative_uri(self) -> str:
        """The path, percent-encoded, and the query string. It follows what `path` is set to."""
        path = self.path
        root_path = self.root_path
        # Servers differ in whether the path they give includes the root path.
        if root_path and path != root_path and not path.startswith(f"{root_path}/"):
            path = root_path + path
        query = self.query_string
        return (
            f"{_quoted(path)}?{url_parsing.quote(query, safe=_QUERY)}" if query else _quoted(path)
        )

    @property
    def uri(self) -> str:
        """The URI of the request. It follows what `path` is set to."""
        return f"{self.scheme}://{self.netloc}{self.relative_uri}"

    @property
    def url(self) -> str:
        """Another name of `uri`."""
        return self.uri

    @lazy
    def client_address(self) -> Address | None:
        """The host and port of the client, as the server saw or was told them; None if unknown."""
        return read_address(self.scope.get("client"))

    @property
    def remote_addr(self) -> str | None:
        """The host of the client, as the server saw or was told it; None if unknown."""
        address = self.client_address
        return None if address is None else address.host

    @property
    def access_route(self) -> list[str]:
        """The addresses between the client and here: the one that the server knows, or none.

        What proxies say in headers is the server's to judge, which knows which of them to trust.
        """
        address = self.client_address
        return [] if address is None else [address.host]

    @property
    def _has_host_field(self) -> bool:
        return bool(self.headers.get("host"))

    @lazy
    def _authority(self) -> Address:
        field = self.headers.get("host")
        if not field:
            return read_address(self.scope.get("server")) or Address("localhost", None)
        try:
            return parse_authority(field)
        except ValueError as error:
            raise HTTPInvalidHeader(str(error), "Host") from None


def _quoted(path: str) -> str:
    return url_parsing.quote(path, safe=_PATH)
