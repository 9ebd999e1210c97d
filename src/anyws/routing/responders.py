"""Responders: the `on_*` methods of a resource, found once when a route is added."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from types import FunctionType, MethodType
from typing import Final, TypeAlias

from anyws._callables import accepts_first, is_coroutine_function, parameters
from anyws.errors.usage import UnacceptableRouteError

Responder: TypeAlias = Callable[..., Awaitable[object]]

HTTP_METHODS: Final = (
    "CONNECT",
    "DELETE",
    "GET",
    "HEAD",
    "OPTIONS",
    "PATCH",
    "POST",
    "PUT",
    "TRACE",
)
WEBSOCKET: Final = "WEBSOCKET"


def map_responders(
    resource: object, *, suffix: str | None = None, default_to_on_request: bool = False
) -> dict[str, Responder]:
    """Give the responders that `resource` implements, by method, `on_websocket` as 'WEBSOCKET'.

    With `suffix='x'` the methods are `on_get_x`, `on_websocket_x` and so on. An attribute that is
    None counts as missing. With `default_to_on_request` the methods that are missing map to
    `on_request`; not OPTIONS, which is answered automatically, nor HEAD where there is `on_get`.

    Raises `TypeError` for a resource that is None, a class or a function, and for a responder
    that is no coroutine function or does not take what all are called with;
    `UnacceptableRouteError` for a suffix that no responder has.
    """
    _check_resource(resource)
    ending = "" if suffix is None else f"_{suffix}"
    responders: dict[str, Responder] = {}
    for method in (*HTTP_METHODS, WEBSOCKET):
        responder = _find_responder(resource, f"on_{method.lower()}{ending}")
        if responder is not None:
            responders[method] = responder
    if default_to_on_request:
        _fill_in(responders, _find_responder(resource, f"on_request{ending}"))
    if suffix is not None and not responders:
        raise UnacceptableRouteError(
            f"no responder of {type(resource).__qualname__} has the suffix {suffix!r}: looked for"
            f" {', '.join(f'on_{method.lower()}{ending}' for method in HTTP_METHODS)} and"
            f" on_websocket{ending}; add one of them or correct the suffix"
        )
    return responders


def allowed_methods(method_map: Iterable[str]) -> tuple[str, ...]:
    """Give the sorted methods for an `Allow` header (RFC 9110, section 10.2.1).

    OPTIONS is always one of them, HEAD is where GET is, and WEBSOCKET never is.
    """
    methods = {*method_map, "OPTIONS"} - {WEBSOCKET}
    if "GET" in methods:
        methods.add("HEAD")
    return tuple(sorted(methods))


def _check_resource(resource: object) -> None:
    match resource:
        case None:
            shown = "None"
        case type():
            shown = f"the class {resource.__qualname__}"
        case str():
            shown = f"the str {resource!r}"
        case FunctionType() | MethodType():
            shown = f"the function {resource.__qualname__}"
        case _:
            return
    raise TypeError(
        f"resource is {shown}; pass an instance of a class with responders: on_get, on_websocket"
        " and so on"
    )


def _find_responder(resource: object, name: str) -> Responder | None:
    responder: Responder | None = getattr(resource, name, None)
    if responder is None:
        return None
    shown = f"{type(resource).__qualname__}.{name}"
    if not is_coroutine_function(responder):
        raise TypeError(f"{shown} is no coroutine function; define it with 'async def'")
    # Which fields it is called with besides is up to the middleware, too.
    if not accepts_first(responder, "req", "resp"):
        second = "ws" if name.startswith("on_websocket") else "resp"
        raise TypeError(
            f"{shown} takes {parameters(responder)} besides the resource, and is called with"
            f" (req, {second}) and the fields of the template by name; define it as 'async def"
            f" {name}(self, req, {second})', the fields behind these"
        )
    return responder


def _fill_in(responders: dict[str, Responder], default: Responder | None) -> None:
    if default is None:
        return
    automatic = {"OPTIONS", "HEAD"} if "GET" in responders else {"OPTIONS"}
    for method in HTTP_METHODS:
        if method not in automatic:
            responders.setdefault(method, default)
