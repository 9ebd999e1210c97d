"""What an application does with one HTTP request: middleware, routing, responder, errors."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from anyws._asgi import events
from anyws._concurrency import failures
from anyws.app.delivery import deliver
from anyws.errors import (
    HTTPBadRequest,
    HTTPError,
    HTTPMethodNotAllowed,
    HTTPRouteNotFound,
    HTTPStatus,
)
from anyws.http.rendering import Rendered, render
from anyws.http.response import Response
from anyws.routing import allowed_methods
from anyws.routing.responders import HTTP_METHODS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from anyws._asgi.types import Receive, Scope, Send
    from anyws.app.application import App
    from anyws.app.lifespan import Lifespan
    from anyws.app.registry import Registry
    from anyws.http.request import Request
    from anyws.routing import Responder

_logger = logging.getLogger("anyws")


async def serve_http(
    registry: Registry,
    lifespan: Lifespan[App],
    scope: Scope,
    receive: Receive,
    send: Send,
) -> None:
    """Serve one scope of type "http": one request, one response."""
    event = await receive()
    if event.get("type") == events.HTTP_DISCONNECT:
        return
    draining = registry.draining
    draining.requests += 1
    try:
        request = registry.make_request(scope, receive, lifespan.state, first_event=event)
        response = registry.make_response()
        rendered = await Exchange(registry, request, response).run()
        await deliver(rendered, request, response, send, draining)
        for callback in response.scheduled:
            await lifespan.run_later(callback)
    finally:
        draining.requests -= 1
        if draining.goodbye is not None:
            draining.note_departure()


class Exchange:
    """One request's way through the middleware to its responder, and back."""

    __slots__ = ("_params", "_reached", "_registry", "_req", "_resource", "_resp", "_succeeded")

    def __init__(self, registry: Registry, req: Request, resp: Response) -> None:
        self._registry = registry
        self._req = req
        self._resp = resp
        self._reached = 0
        self._resource: object | None = None
        self._params: Mapping[str, object] = {}
        self._succeeded = True

    async def run(self) -> Rendered:
        """Give what is to be sent, whatever happens on the way."""
        try:
            await self._respond()
        except (Exception, BaseExceptionGroup) as error:
            await self._settle(error)
        for place, process_response in self._registry.middleware.process_response:
            if place <= self._reached or self._registry.independent_middleware:
                try:
                    await process_response(self._req, self._resp, self._resource, self._succeeded)
                except (Exception, BaseExceptionGroup) as error:
                    await self._settle(error)
        head = self._req.method == "HEAD"
        try:
            return await render(self._resp, head=head)
        except Exception as error:
            # The body can't be written, and so the request has failed after all.
            await self._handle(error)
        try:
            return await render(self._resp, head=head)
        except Exception as error:
            await self._fail(error)
            return await render(self._resp, head=head)

    async def _respond(self) -> None:
        middleware = self._registry.middleware
        for place, process_request in middleware.process_request:
            self._reached = place
            await process_request(self._req, self._resp)
            if self._resp.complete:
                return
        self._reached = len(middleware.components)
        match = self._registry.find_route(self._req)
        if match is None:
            await self._respond_without_route()
            return
        self._resource, responders, params, self._req.uri_template = match
        self._params = params
        for _, process_resource in middleware.process_resource:
            await process_resource(self._req, self._resp, self._resource, params)
            if self._resp.complete:
                return
        responder = _select(self._req.method, responders)
        if responder is None:
            self._resp.set_header("Allow", ", ".join(allowed_methods(responders)))
            return
        returned = await responder(self._req, self._resp, **self._params)
        if returned is not None:
            self._warn_of(returned)

    async def _respond_without_route(self) -> None:
        fallback = self._registry.find_fallback(self._req.path)
        if fallback is None:
            raise HTTPRouteNotFound
        responder, self._params = fallback
        returned = await responder(self._req, self._resp, **self._params)
        if returned is not None:
            self._warn_of(returned)

    def _warn_of(self, returned: object) -> None:
        """Say that a responder's result is nobody's, where it may have been meant as the body."""
        resp = self._resp
        if all(body is None for body in (resp.text, resp.data, resp.media, resp.stream, resp.sse)):
            _logger.warning(
                "the responder of %s %s returned %r, which is not sent: set resp.media, "
                "resp.text or resp.data",
                self._req.method,
                self._req.path,
                returned,
            )

    async def _settle(self, error: Exception | BaseExceptionGroup[BaseException]) -> None:
        """Have what went wrong handled; the request has failed."""
        errors = failures(error)
        if not errors:
            raise error
        self._succeeded = False
        await self._handle(self._registry.error_handlers.choose(errors, _is_expected))

    async def _handle(self, error: Exception) -> None:
        found = self._registry.error_handlers.find(type(error))
        if found is None:
            raise error
        try:
            await found.handler(self._req, self._resp, error, self._params)
        except (HTTPError, HTTPStatus) as raised:
            await self._registry.compose_error(self._req, self._resp, raised)
        except Exception as raised:
            await self._fail(raised)

    async def _fail(self, error: Exception) -> None:
        await self._registry.default_errors.fail(self._req, self._resp, error, self._params)


def _select(method: str, responders: Mapping[str, Responder]) -> Responder | None:
    """Give the responder for a method; None for an OPTIONS that is answered automatically."""
    if method not in HTTP_METHODS:
        raise HTTPBadRequest(title="Bad request", description=f"Unknown method {method!r}")
    responder = responders.get(method)
    if responder is None and method == "HEAD":
        responder = responders.get("GET")
    if responder is None and method != "OPTIONS":
        raise HTTPMethodNotAllowed(allowed_methods(responders))
    return responder


def _is_expected(_: Exception) -> bool:
    return False
