"""The request, as a program sees it: of HTTP, or of a WebSocket's handshake."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from anyws._misnomers import Misnomer
from anyws.errors import UnsupportedError, UnsupportedScopeError
from anyws.http.body import BodyStream
from anyws.http.body_media import UNSET, BodyMedia
from anyws.http.context import Context
from anyws.http.incoming import Incoming
from anyws.http.lazy import lazy
from anyws.http.pending_media import UnawaitedMedia
from anyws.http.request_target import TargetViews

if TYPE_CHECKING:
    from anyws._asgi.types import Event, Receive, Scope
    from anyws.http.options import RequestOptions


class Request(TargetViews):
    """What the client asks for, in terms of HTTP; also the handshake of a WebSocket.

    Everything is worked out when it is looked at, from the scope that the server gave, which is
    not modified. A request lives as long as its connection; there is nothing to close.
    """

    __slots__ = ("__dict__", "__weakref__", "_receive", "options", "path", "scope")

    scope: Scope
    """The server's own description of the request: ASGI specification, "Connection Scope"."""

    options: RequestOptions
    """The `req_options` of the application."""

    path: str
    """The path, percent-decoded once, by the server. Routing looks at what it is set to."""

    uri_template: str | None = None
    """The template of the route that matched; None before routing, and where none did."""

    _first_event: Event | None = None

    def __init__(
        self,
        scope: Scope,
        receive: Receive,
        *,
        options: RequestOptions,
        first_event: Event | None = None,
    ) -> None:
        self.scope = scope
        self.options = options
        self._receive = receive
        path: str = scope.get("path") or "/"
        if not isinstance(path, str):
            raise UnsupportedScopeError(f"the path of the scope is no str: {path!r}")
        if options.strip_url_path_trailing_slash and len(path) > 1 and path[-1] == "/":
            path = path[:-1]
        self.path = path
        if first_event is not None:
            self._first_event = first_event

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.method} {self.path!r}>"

    if not TYPE_CHECKING:
        json = Misnomer("write media = await req.get_media()")
        form = Misnomer("write form = await req.get_media()")
        body = Misnomer("write body = await req.stream.readall()")
        bounded_stream = Misnomer("req.stream is bounded, and its methods are awaited")
        query_params = Misnomer("there is req.params, and req.get_param('name')")
        path_params = Misnomer("the fields of the template are arguments of the responder")
        client = Misnomer("there is req.remote_addr")

    @property
    def is_websocket(self) -> bool:
        """Whether this is the handshake of a WebSocket."""
        return bool(self.scope["type"] == "websocket")

    @property
    def method(self) -> str:
        """The method, in upper case; GET for a WebSocket (RFC 6455, section 4.1)."""
        scope = self.scope
        method: str = scope.get("method", "") if scope["type"] == "http" else "GET"
        return method

    @lazy
    def context(self) -> Context:
        """A place for whatever middleware, hooks and responders share about this request."""
        return Context()

    @lazy
    def state(self) -> Mapping[str, object]:
        """What the application's lifespan yielded, where that is a mapping; else empty."""
        state: Mapping[str, object] = self.scope.get("state", {})
        return state

    @lazy
    def incoming(self) -> Incoming:
        """The one reader of the server's events, for the framework: the body, the client's leaving."""
        return Incoming(self._receive, self._first_event)

    @lazy
    def stream(self) -> BodyStream:
        """The body as it arrives. Raises `UnsupportedError` for a WebSocket, which has none.

        Raises `HTTPInvalidHeader` (400) if its length cannot be read.
        """
        if self.is_websocket:
            raise UnsupportedError(
                "a WebSocket's handshake has no body to stream: receive messages from ws"
            )
        return BodyStream(
            self.incoming,
            content_length=self.content_length,
            max_size=self.options.max_body_size,
        )

    @property
    def is_arriving(self) -> bool:
        """Whether the server has yet to tell of the end of the body; for the framework."""
        first = self._first_event
        if first is not None and not first.get("more_body", False):
            return False
        return not self.incoming.body_arrived

    @property
    def is_unread(self) -> bool:
        """Whether the body has more than anybody has asked for; for the framework."""
        # The stream is made by those who read.
        stream: BodyStream | None = self.__dict__.get("stream")
        return self.is_arriving and not (stream is not None and stream.arrived)

    @property
    def media(self) -> UnawaitedMedia:
        """The body as an object, to be awaited: `media = await req.media`, as `get_media()`."""
        return UnawaitedMedia(self.get_media)

    async def get_media(self, default_when_empty: object = UNSET) -> object:
        """Read the body with the media handler of its Content-Type; a second call reads nothing.

        Raises `HTTPUnsupportedMediaType` (415) if no handler reads that type,
        `MediaNotFoundError` (400) if the body is empty and there is no `default_when_empty`,
        `MediaMalformedError` (400) if it is malformed, and what reading `stream` raises. Errors
        are raised again by every later call. A cancelled call loses nothing that had arrived.
        """
        return await self._body_media.get(self._read_media, default_when_empty)

    @lazy
    def _body_media(self) -> BodyMedia:
        return BodyMedia()

    async def _read_media(self) -> object:
        content_type = self.content_type
        options = self.options
        handler = options.media_handlers.find(content_type, options.default_media_type)
        return await handler.deserialize_async(self.stream, content_type, self.content_length)
