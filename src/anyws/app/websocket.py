"""What an application does with one WebSocket: middleware, routing, responder, errors."""

from __future__ import annotations

import logging
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from anyws._asgi import events
from anyws._asgi.scope import websocket_features
from anyws._concurrency import failures, shielded, uninterrupted
from anyws._imports import Deferred
from anyws.app.admission import admits
from anyws.app.closing import close_after_error, close_with_status
from anyws.errors import HTTPError, HTTPMethodNotAllowed, HTTPRouteNotFound, HTTPStatus
from anyws.routing import allowed_methods
from anyws.routing.responders import WEBSOCKET
from anyws.websocket.closing import INTERNAL_ERROR
from anyws.websocket.connection import Connection
from anyws.websocket.socket import WebSocket

if TYPE_CHECKING:
    from collections.abc import Awaitable, Mapping

    from anyws._asgi.types import Receive, Scope, Send
    from anyws.app.application import App
    from anyws.app.lifespan import Lifespan
    from anyws.app.registry import Registry
    from anyws.http.request import Request
    from anyws.middleware.stack import Component, Method
    from anyws.routing.responders import Responder
    from anyws.websocket import options as websocket_options
    from anyws.websocket.state import End
else:
    websocket_options = Deferred("anyws.websocket.options")

_logger = logging.getLogger("anyws")


async def begin_conversation(
    registry: Registry,
    lifespan: Lifespan[App],
    scope: Scope,
    receive: Receive,
    send: Send,
) -> Conversation | None:
    """Receive `websocket.connect`, and let the client in; None if that is the end of it.

    Whoever calls this runs the session, and has the connection leave `registry.draining` after
    it. A coroutine around both would be one more that each message goes through.
    """
    features = websocket_features(scope)
    kind = (await receive()).get("type")
    if kind == events.WEBSOCKET_DISCONNECT:
        return None
    if kind != events.WEBSOCKET_CONNECT:
        _logger.error("the server began a WebSocket with an event of type %r", kind)
        reason = registry.ws_options.default_close_reasons.get(INTERNAL_ERROR)
        sent_reason = reason if features.close_reasons else None
        await send(events.websocket_close(INTERNAL_ERROR, sent_reason))
        return None
    request = registry.make_request(scope, receive, lifespan.state)
    options = registry.ws_options
    connection = Connection(
        request.path,
        receive,
        send,
        features=features,
        options=options,
        clock=lifespan.clock,
        habits=registry.habits,
    )
    if not await admits(registry.draining, request, connection, options):
        return None
    conversation = Conversation(registry, request, connection)
    registry.draining.enter(connection)
    return conversation


class Conversation:
    """One WebSocket's way through the middleware to its responder, and back."""

    __slots__ = (
        "_components",
        "_params",
        "_reached",
        "_registry",
        "_request",
        "_resource",
        "_ws",
        "connection",
    )

    def __init__(self, registry: Registry, request: Request, connection: Connection) -> None:
        self._registry = registry
        self._request = request
        self.connection: Connection = connection
        self._ws = WebSocket(connection, request)
        self._components: tuple[Component, ...] = registry.middleware.components
        self._reached = 0
        self._resource: object | None = None
        self._params: dict[str, object] = {}

    @property
    def farewell(self) -> End:
        """What the client is told when the connection is cancelled from outside."""
        return self._registry.draining.farewell

    def respond(self) -> Awaitable[object]:
        """Give what is awaited for the middleware and the responder to run."""
        if self._components:
            return self._respond_after_middleware()
        return self._call(self._find_responders())

    async def _respond_after_middleware(self) -> None:
        """Run the middleware, then the responder. Whoever closes the socket ends the matter."""
        for component in self._components:
            self._reached += 1
            if component.process_request_ws is not None:
                await component.process_request_ws(self._request, self._ws)
                if self.connection.closed:
                    return
        responders = self._find_responders()
        for component in self._components if responders is not None else ():
            if component.process_resource_ws is not None:
                await component.process_resource_ws(
                    self._request, self._ws, self._resource, self._params
                )
                if self.connection.closed:
                    return
        await self._call(responders)

    def _find_responders(self) -> Mapping[str, Responder] | None:
        """Find the resource's, and go by its options; None where there is no route."""
        self.connection.path = self._request.path
        match = self._registry.find_route(self._request)
        if match is None:
            return None
        self._resource, responders, self._params, self._request.uri_template = match
        options = websocket_options.resource_options(self._resource)
        if options is not None:
            self.connection.apply(options)
        return responders

    def _call(self, responders: Mapping[str, Responder] | None) -> Awaitable[object]:
        """Call the responder, or the sink where there is no route."""
        if responders is not None:
            responder = responders.get(WEBSOCKET)
            if responder is None:
                raise HTTPMethodNotAllowed(allowed_methods(responders))
            return responder(self._request, self._ws, **self._params)
        match = self._registry.sinks.find_websocket(self._request.path)
        if match is None:
            raise HTTPRouteNotFound
        self._params = dict(match.params)
        return match.sink(self._request, None, ws=self._ws, **match.params)

    def choose(self, errors: list[Exception]) -> Exception:
        """Choose which of several errors goes to the error handlers."""
        return self._registry.error_handlers.choose(errors, self.connection.is_own)

    async def settle(self, error: Exception) -> None:
        """Have an error handled, and see to it that the socket is closed after that.

        What leaves the handler goes to the server, as does an error that no handler is for.
        """
        found = self._registry.error_handlers.find(type(error))
        if found is None:
            await self._close_after_error()
            raise error
        before = self.connection.state
        arguments = {"ws": self._ws} if found.takes_ws else {}
        try:
            await found.handler(self._request, None, error, self._params, **arguments)
        except (Exception, BaseExceptionGroup) as raised:
            errors = failures(raised)
            if not errors:
                raise
            await self._settle_handler(self.choose(errors), error)
            return
        if not self.connection.closed and before == self.connection.state:
            await self._close_unsettled()

    async def part(self, error: Exception | None) -> None:
        """Call `process_disconnect_ws` of the components that were reached, the last one first."""
        methods = [
            component.process_disconnect_ws
            for component in reversed(self._components[: self._reached])
            if component.process_disconnect_ws is not None
        ]
        if not methods:
            return
        seconds = self.connection.options.close_timeout
        if not await uninterrupted(seconds, partial(self._tell_of_end, methods, error)):
            _logger.warning(
                "process_disconnect_ws of %s was given up after %g seconds (close_timeout)",
                self.connection.path,
                seconds,
            )

    async def _tell_of_end(self, methods: list[Method], error: Exception | None) -> None:
        for process_disconnect_ws in methods:
            try:
                await process_disconnect_ws(self._request, self._ws, self._resource, error)
            except (Exception, BaseExceptionGroup) as raised:
                if not failures(raised):
                    raise
                _logger.exception("process_disconnect_ws failed for %s", self.connection.path)

    async def _settle_handler(self, raised: Exception, error: Exception) -> None:
        if isinstance(raised, (HTTPError, HTTPStatus)):
            await close_with_status(self._registry, self._request, self._ws, raised)
            return
        if self.connection.is_own(raised):
            # An apology to a client that has left is no failure of the handler.
            _logger.debug("WebSocket %s: %s", self.connection.path, raised)
            return
        if raised is not error and raised.__context__ is None:
            raised.__context__ = error
        if raised is not self.connection.outgoing.failure:
            path = self.connection.path
            _logger.error("the error handler of the WebSocket %s failed", path, exc_info=raised)
            with suppress(Exception):
                await self._close_after_error()
        raise raised

    async def _close_unsettled(self) -> None:
        # The handler left the socket as it was, and so nobody has told the client anything.
        if self._ws.unaccepted:
            await self._ws.close()
        else:
            await self._close_after_error()

    async def _close_after_error(self) -> None:
        with shielded(self.connection.options.close_timeout):
            await close_after_error(self._ws)
