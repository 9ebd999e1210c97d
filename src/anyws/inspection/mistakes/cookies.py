"""WebSockets that go by cookies, with their doors open to the pages of any site."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from anyws._origins import ANY
from anyws.inspection.inspector import responder_names, routes_of
from anyws.inspection.mistakes.code import mentions
from anyws.inspection.mistakes.mistake import Mistake
from anyws.inspection.sources import name_of, source_of
from anyws.routing.responders import WEBSOCKET

if TYPE_CHECKING:
    from anyws.app.registry import Registry

_COOKIES: Final = {"cookies", "get_cookie_values"}


def find_open_cookies(registry: Registry) -> Iterator[Mistake]:
    """Find code for WebSockets that reads cookies while `allowed_origins` is '*'.

    A browser sends the user's cookies along whatever page connects (RFC 6455, section 10.2).
    """
    if registry.ws_options.allowed_origins != ANY:
        return
    for where, function in _code_for_websockets(registry):
        if _COOKIES & mentions(function):
            yield Mistake(
                f"{where}() reads cookies, and app.ws_options.allowed_origins is '*', so a page of"
                " any site can connect as its visitor",
                "list the origins of your own pages there, or leave it at 'same-origin'",
                source_of(function),
            )


def _code_for_websockets(registry: Registry) -> Iterator[tuple[str, object]]:
    for component in registry.middleware.components:
        for name in ("process_request_ws", "process_resource_ws"):
            method = getattr(component, name)
            if method is not None:
                yield f"{name_of(type(component.instance))}.{name}", method
    for route in routes_of(registry):
        responder = route.method_map.get(WEBSOCKET)
        if responder is not None:
            yield f"{name_of(type(route.resource))}.{responder_names(route)[WEBSOCKET]}", responder
    for _, sink, takes_ws in registry.sinks:
        if takes_ws:
            yield name_of(sink), sink
