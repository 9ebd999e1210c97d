"""Responders: the `on_*` methods of a resource, found once when a route is added."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import Final, TypeAlias

from anyws._callables import is_coroutine_function
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

    Raises `TypeError` for a resource that is None or a class, and for a responder that is no
    coroutine function; `UnacceptableRouteError` for a suffix that no responder has.
    """
    if resource is None or isinstance(resource, type):
        shown = "None" if resource is None else f"the class {resource.__qualname__}"
        raise TypeError(f"resource is {shown}; pass an instance of a class with responders")
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


def _find_responder(resource: object, name: str) -> Responder | None:
    responder: Responder | None = getattr(resource, name, None)
    if responder is not None and not is_coroutine_function(responder):
        raise TypeError(
            f"{type(resource).__qualname__}.{name} is no coroutine function;"
            " define it with 'async def'"
        )
    return responder


def _fill_in(responders: dict[str, Responder], default: Responder | None) -> None:
    if default is None:
        return
    automatic = {"OPTIONS", "HEAD"} if "GET" in responders else {"OPTIONS"}
    for method in HTTP_METHODS:
        if method not in automatic:
            responders.setdefault(method, default)
