"""What an application is made of: what was registered, and how it is found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from anyws._imports import Deferred
from anyws.app.default_errors import DefaultErrorHandlers
from anyws.app.draining import Draining
from anyws.app.error_handlers import ErrorHandlers
from anyws.app.error_responses import compose_error, serialize_error
from anyws.errors import ClientDisconnected, HTTPError, HTTPStatus, WebSocketDisconnected
from anyws.http.request import Request
from anyws.http.response import Response
from anyws.middleware.stack import Stack
from anyws.routing import Router, SinkTable
from anyws.websocket.sender import Habits

if TYPE_CHECKING:
    from collections.abc import Mapping

    from anyws._asgi.types import Event, Receive, Scope
    from anyws.app.error_responses import ErrorSerializer
    from anyws.http import options as http_options
    from anyws.http.options import RequestOptions, ResponseOptions
    from anyws.routing import Responder, RouterProtocol
    from anyws.routing.options import RouterOptions
    from anyws.static.route import StaticRoute
    from anyws.websocket import options as websocket_options
    from anyws.websocket.options import WebSocketOptions
else:
    # Classes of options take longer to make than all else of an application.
    http_options = Deferred("anyws.http.options")
    websocket_options = Deferred("anyws.websocket.options")


class Registry:
    """The parts of an application, for those who serve its scopes."""

    def __init__(self, router: RouterProtocol | None) -> None:
        self.request_type: type[Request] = Request
        self.response_type: type[Response] = Response
        self.req_options: RequestOptions = http_options.RequestOptions()
        self.resp_options: ResponseOptions = http_options.ResponseOptions()
        self.ws_options: WebSocketOptions = websocket_options.WebSocketOptions()
        self.draining: Draining = Draining()
        self.habits: Habits = Habits()
        builtin = Router()
        self.router_options: RouterOptions = builtin.options
        self.router: RouterProtocol = builtin if router is None else router
        self.middleware: Stack = Stack()
        self.independent_middleware = True
        self.sinks: SinkTable = SinkTable()
        self.static_routes: tuple[StaticRoute, ...] = ()
        self.sink_before_static_route = True
        self.error_serializer: ErrorSerializer = serialize_error
        self.error_handlers: ErrorHandlers = ErrorHandlers()
        self.default_errors: DefaultErrorHandlers = DefaultErrorHandlers(self)
        self.error_handlers.add((HTTPError, HTTPStatus), self.default_errors.answer)
        self.error_handlers.add(WebSocketDisconnected, self.default_errors.part)
        self.error_handlers.add(ClientDisconnected, self.default_errors.excuse)
        self.error_handlers.add(Exception, self.default_errors.fail)

    def make_request(
        self,
        scope: Scope,
        receive: Receive,
        state: Mapping[str, object],
        *,
        first_event: Event | None = None,
    ) -> Request:
        """Make the request of a scope."""
        request = self.request_type(
            scope, receive, options=self.req_options, first_event=first_event
        )
        if state and "state" not in scope:
            request.state = dict(state)
        return request

    def make_response(self) -> Response:
        """Make a response that nothing has been said in yet."""
        return self.response_type(options=self.resp_options)

    def find_route(
        self, request: Request
    ) -> tuple[object, Mapping[str, Responder], dict[str, object], str | None] | None:
        """Find the resource for a request: on exactly the path that the middleware left."""
        return self.router.find(request.path, request)

    def find_fallback(self, path: str) -> tuple[Responder, Mapping[str, object]] | None:
        """Find what answers an HTTP request for which there is no route: the newest sink, or else
        the newest static route, or the other way round."""
        if self.sink_before_static_route:
            return self._find_sink(path) or self._find_static_route(path)
        return self._find_static_route(path) or self._find_sink(path)

    async def compose_error(
        self, req: Request, resp: Response, error: HTTPError | HTTPStatus
    ) -> None:
        """Make the response say what was raised."""
        await compose_error(req, resp, error, self.error_serializer)

    def _find_sink(self, path: str) -> tuple[Responder, Mapping[str, object]] | None:
        return self.sinks.find(path)

    def _find_static_route(self, path: str) -> tuple[Responder, Mapping[str, object]] | None:
        for route in self.static_routes:
            if route.matches(path):
                return route, {}
        return None
