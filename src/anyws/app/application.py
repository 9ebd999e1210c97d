"""The application, as programs see it, and the ASGI entry."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, TypeVar

from anyws import static
from anyws._callables import accepts, parameters
from anyws._imports import Deferred
from anyws.app.arguments import check_arguments
from anyws.app.drain_plan import check_terms
from anyws.app.http import serve_http
from anyws.app.lifespan import Lifespan
from anyws.app.misnomers import missing_attribute
from anyws.app.registry import Registry
from anyws.app.websocket import begin_conversation
from anyws.errors import UnsupportedScopeError
from anyws.media_types import MEDIA_JSON
from anyws.websocket.session import run_session

if TYPE_CHECKING:
    import os
    import re
    from collections.abc import Callable, Iterable
    from contextlib import AbstractAsyncContextManager

    from anyws._asgi.types import Receive, Scope, Send
    from anyws.app.background import BackgroundTasks
    from anyws.app.error_handlers import Handler
    from anyws.app.error_responses import ErrorSerializer
    from anyws.http.options import RequestOptions, ResponseOptions
    from anyws.http.request import Request
    from anyws.http.response import Response
    from anyws.middleware import cors
    from anyws.routing import RouterOptions, RouterProtocol, Sink
    from anyws.websocket import options as websocket_options
    from anyws.websocket.options import WebSocketOptions
else:
    websocket_options = Deferred("anyws.websocket.options")
    cors = Deferred("anyws.middleware.cors")

_logger = logging.getLogger("anyws")

OptionsT = TypeVar("OptionsT")


class App:
    """An ASGI 3 application: it serves WebSockets, HTTP requests and its own lifespan.

    Resources, middleware, error handlers and the rest may be added at any time; each connection
    and each request sees what is there when it needs it. There is nothing to close: what is to
    live as long as the application belongs in its lifespan.

    `media_type` is what responses are, and requests are taken to be, where nothing else is said:
    unless it is JSON, it is the `default_media_type` of both options.
    `request_type` and `response_type` are subclasses of `Request` and `Response`. `middleware` is
    one component or an iterable of them: see `add_middleware()`. `router` takes the place of the
    built-in router.

    `cors_enable` adds a `CORSMiddleware` that lets any origin read what is not credentialed. With
    `independent_middleware=False` only those components get `process_response` that the
    request had reached. With `sink_before_static_route=False` static routes are asked before
    sinks. `secure_cookies_by_default` is the option of `resp_options`.

    `lifespan` is a function that takes the application and gives an asynchronous context manager.
    It is entered before the first request and left after the last one; a mapping that it yields
    is `req.state` of every request.
    """

    def __init__(
        self,
        media_type: str = "application/json",
        request_type: type[Request] | None = None,
        response_type: type[Response] | None = None,
        middleware: object = None,
        router: RouterProtocol | None = None,
        *,
        independent_middleware: bool = True,
        cors_enable: bool = False,
        sink_before_static_route: bool = True,
        req_options: RequestOptions | None = None,
        resp_options: ResponseOptions | None = None,
        ws_options: WebSocketOptions | None = None,
        secure_cookies_by_default: bool | None = None,
        lifespan: Callable[[App], AbstractAsyncContextManager[object]] | None = None,
    ) -> None:
        check_arguments(
            media_type,
            router,
            lifespan,
            request_type=request_type,
            response_type=response_type,
            req_options=req_options,
            resp_options=resp_options,
            ws_options=ws_options,
        )
        registry = self._registry = Registry(router)
        if request_type is not None:
            registry.request_type = request_type
        if response_type is not None:
            registry.response_type = response_type
        registry.independent_middleware = independent_middleware
        registry.sink_before_static_route = sink_before_static_route
        if ws_options is not None:
            registry.ws_options = ws_options
        if req_options is not None:
            registry.req_options = req_options
        if resp_options is not None:
            registry.resp_options = resp_options
        if media_type != MEDIA_JSON:
            registry.req_options.default_media_type = media_type
            registry.resp_options.default_media_type = media_type
        if secure_cookies_by_default is not None:
            registry.resp_options.secure_cookies_by_default = secure_cookies_by_default
        self._cors_enable = cors_enable
        if cors_enable:
            registry.middleware.add(cors.CORSMiddleware())
        if middleware is not None:
            self.add_middleware(middleware)
        self._lifespan: Lifespan[App] = Lifespan(
            self, lifespan, registry.middleware, draining=registry.draining, drain=self.drain
        )

    @property
    def ws_options(self) -> WebSocketOptions:
        """The options of WebSockets."""
        return self._registry.ws_options

    @property
    def req_options(self) -> RequestOptions:
        """The options of requests, those of WebSocket handshakes included."""
        return self._registry.req_options

    @property
    def resp_options(self) -> ResponseOptions:
        """The options of responses."""
        return self._registry.resp_options

    @property
    def router_options(self) -> RouterOptions:
        """The options of the built-in router; it reads them when a route is added."""
        return self._registry.router_options

    @property
    def task_group(self) -> BackgroundTasks:
        """The application's task group: for tasks that belong to no connection.

        It is open from the lifespan's startup to its shutdown, where its tasks are cancelled. A
        task that fails is logged, and ends that one alone.

        Raises `RuntimeError` outside of that time, and under a server without lifespan.
        """
        return self._lifespan.background

    @property
    def draining(self) -> bool:
        """Whether the application is being drained, or has been: for health checks.

        True from the first `drain()` on, for good: only the next startup of the lifespan, as of a
        test, begins anew.
        """
        return self._registry.draining.goodbye is not None

    async def drain(
        self,
        *,
        deadline: float = 25.0,
        code: int = 1012,
        reason: str | None = None,
        spread: float = 0.0,
        refuse: bool = True,
    ) -> None:
        """See out everybody who is connected, within `deadline` seconds; return when all have left.

        From now on `draining` is True, and handshakes are refused with a 503, or closed with
        `code` where the server can't answer with a response. With `refuse=False` they are let in,
        and closed like the others: for servers that take no connections any more.

        Open sockets are closed with `code` and `reason`, as by `ws.close()`, in random order and
        spread over `spread` seconds, so that clients don't come back all at once. One that is in
        `ws.finish_first()` is closed as soon as it has finished. In their share of the time too,
        server-sent events end, so that their clients connect anew, and responses with a
        `resp.stream` of unknown length are cut off. Other HTTP requests are served as before, and
        waited for.

        What is left `close_timeout` seconds before the deadline, or at most a fifth of its time,
        is cancelled with the same goodbye, and error handlers get `WebSocketDisconnected`. At the
        deadline this returns, even if user code shields itself or a client does not read. HTTP
        requests without a stream that are running then are the server's to end.

        While another drain is under way the earlier deadline counts, and both wait for the end;
        its code, reason and spread stay. Cancelled, what is closed is closed, the rest goes on,
        and `draining` stays True. The lifespan's shutdown drains what is open by itself.

        A responder that awaits this would wait for its own end: start it with
        `app.task_group.start_soon(app.drain)`, or
        `app.task_group.start_soon(partial(app.drain, spread=10))`.

        Raises `ValueError` or `TypeError` for an argument that can never work, before anything
        happens: `spread` is to be shorter than `deadline`, both are seconds; `code` and `reason`
        are as for `ws.close()`.
        """
        terms = check_terms(
            deadline=deadline, code=code, reason=reason, spread=spread, refuse=refuse
        )
        close_timeout = self.ws_options.close_timeout
        await self._registry.draining.drain(terms, close_timeout=close_timeout)

    def add_route(self, uri_template: str, resource: object, *, suffix: str | None = None) -> None:
        """Route the paths that a template matches to a resource's responders.

        The responders are `on_websocket(req, ws, **fields)` and `on_get(req, resp, **fields)` and
        so on; with `suffix='x'` they are `on_websocket_x` and so on. A segment of the template is
        literal, `{name}`, `{name:converter}` or `{name:converter(arguments)}`, or a mix of these.
        The same template again replaces the resource.

        Raises `UnacceptableRouteError` (a `ValueError`) for a template that is malformed or can't
        stand beside those that are there, and for a suffix that no responder has; `TypeError` for
        a responder that is no coroutine function, and for a `ws_options` of the resource that is
        no `WebSocketOptions`.
        """
        options = websocket_options.resource_options(resource)
        self._registry.router.add_route(uri_template, resource, suffix=suffix)
        if options is not None and (ignored := websocket_options.without_effect(options)):
            _logger.warning(
                "the ws_options of %s set %s, which has no effect: set it in app.ws_options",
                type(resource).__name__,
                " and ".join(ignored),
            )

    def add_sink(self, sink: Sink, prefix: str | re.Pattern[str] = "/") -> None:
        """Have a coroutine function answer what no route does, below a prefix.

        `prefix` is a regular expression that is matched at the start of the path; its named groups
        are keyword arguments. It is called as `sink(req, resp, **groups)`, and for a WebSocket,
        if it has a parameter `ws`, as `sink(req, None, ws=ws, **groups)`. The newest sink that
        matches counts.
        """
        self._registry.sinks.add(sink, prefix)

    def add_static_route(
        self,
        prefix: str,
        directory: str | os.PathLike[str],
        *,
        downloadable: bool = False,
        fallback_filename: str | None = None,
    ) -> None:
        """Serve the files of a directory below a prefix, where no route and no sink answers.

        `directory` is an absolute path. With `downloadable` clients save the files instead of
        showing them. `fallback_filename` is the file in it that answers for files that are not
        there. Of several routes the newest that matches counts.

        Raises `ValueError` for an argument that can never work.
        """
        route = static.StaticRoute(
            prefix, directory, downloadable=downloadable, fallback_filename=fallback_filename
        )
        self._registry.static_routes = (route, *self._registry.static_routes)

    def add_middleware(self, middleware: object) -> None:
        """Append a component, or an iterable of components, to the middleware.

        A component is an object with one or more of the coroutine functions
        `process_request_ws(req, ws)`, `process_resource_ws(req, ws, resource, params)`,
        `process_disconnect_ws(req, ws, resource, error)`, `process_request(req, resp)`,
        `process_resource(req, resp, resource, params)`,
        `process_response(req, resp, resource, req_succeeded)`, `process_startup(scope, event)`
        and `process_shutdown(scope, event)`; in place of the last two it may have
        `lifespan(app)`, which gives an asynchronous context manager.

        Raises `TypeError` for a class in place of an instance, an object without any of them, and
        a method with the wrong parameters; `CompatibilityError` for one that is no coroutine
        function. Nothing is added then.
        """
        if self._cors_enable:
            middleware = cors.without_cors(middleware)
        self._registry.middleware.add(middleware)

    def add_error_handler(
        self,
        exception: type[Exception] | Iterable[type[Exception]],
        handler: Handler | None = None,
    ) -> None:
        """Have a coroutine function handle the exceptions of a class, or of several.

        It is called as `handler(req, resp, ex, params)`; for a WebSocket `resp` is None, and `ws`
        is passed by name if the handler takes it. The most specific class of an exception counts,
        and for one class the handler that was added last. A WebSocket that a handler leaves as it
        was is closed afterwards. Without a handler it is the static method `handle` of the class.

        Raises `TypeError` for anything but subclasses of `Exception` and for wrong parameters,
        `AttributeError` where a class has no `handle`, `CompatibilityError` for a handler that is
        no coroutine function. Nothing is added then.
        """
        self._registry.error_handlers.add(exception, handler)

    def set_error_serializer(self, serializer: ErrorSerializer) -> None:
        """Have a function write the bodies of HTTP errors: `serializer(req, resp, error)`.

        It is a plain or a coroutine function, and sets the body and its content type in `resp`.

        Raises `TypeError` for what is no function of these three.
        """
        if not callable(serializer):
            raise TypeError(f"an error serializer is a function, not {serializer!r}")
        if not accepts(serializer, "req", "resp", "error"):
            raise TypeError(
                f"the error serializer {serializer!r} takes {parameters(serializer)}, and is "
                "called with (req, resp, error)"
            )
        self._registry.error_serializer = serializer

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> object:
            raise missing_attribute(self, name)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one scope: the ASGI 3 entry, which servers call.

        Raises `UnsupportedScopeError` for a type of scope that it does not know. Exceptions leave
        it bare, never as a group of one.
        """
        match scope.get("type"):
            case "websocket":
                conversation = await begin_conversation(
                    self._registry, self._lifespan, scope, receive, send
                )
                if conversation is not None:
                    try:
                        await run_session(conversation.connection, conversation)
                    finally:
                        self._registry.draining.leave(conversation.connection)
            case "http":
                await serve_http(self._registry, self._lifespan, scope, receive, send)
            case "lifespan":
                await self._lifespan.serve(scope, receive, send)
            case kind:
                raise UnsupportedScopeError(
                    f"the server asks for a scope of type {kind!r}; anyws serves 'websocket', "
                    "'http' and 'lifespan'"
                )


def registry_of(app: App) -> Registry:
    """Give the parts of an application, for those who describe it. They are to be left as they are."""
    return app._registry
