"""What applications are made of elsewhere, and what takes its place here."""

from __future__ import annotations

from typing import Final

_ROUTE: Final = (
    "a route is app.add_route('/path', resource), and the resource an instance of a class with "
    "'async def {}'"
)
_HTTP: Final = _ROUTE.format("on_get(self, req, resp)")
_LIFESPAN: Final = (
    "there is App(lifespan=…), and process_startup(scope, event) of a middleware component"
)

_REMEDIES: Final = {
    "delete": _ROUTE.format("on_delete(self, req, resp)"),
    "get": _HTTP,
    "patch": _ROUTE.format("on_patch(self, req, resp)"),
    "post": _ROUTE.format("on_post(self, req, resp)"),
    "put": _ROUTE.format("on_put(self, req, resp)"),
    "route": _HTTP,
    "websocket": _ROUTE.format("on_websocket(self, req, ws)"),
    "include_router": _HTTP,
    "mount": "files are app.add_static_route(prefix, directory), the rest app.add_sink()",
    "exception_handler": "there is app.add_error_handler(exception, handler)",
    "middleware": "there is app.add_middleware(component)",
    "on_event": _LIFESPAN,
    "add_event_handler": _LIFESPAN,
    "run": "there is anyws.run(app), and the command 'anyws serve module:app'",
    "state": "what App(lifespan=…) yields, a mapping, is req.state",
}


def missing_attribute(owner: object, name: str) -> AttributeError:
    """Make the error for an attribute that an application does not have."""
    message = f"{type(owner).__name__} has no attribute {name!r}"
    if name in _REMEDIES:
        message = f"{message}: {_REMEDIES[name]}"
    return AttributeError(message, name=name, obj=owner)
