"""The arguments of an application, looked at before anything is made of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from anyws._callables import may_make_context_manager
from anyws._imports import Deferred
from anyws.http.request import Request
from anyws.http.response import Response

if TYPE_CHECKING:
    from anyws.http import options as http_options
    from anyws.websocket import options as websocket_options
else:
    http_options = Deferred("anyws.http.options")
    websocket_options = Deferred("anyws.websocket.options")

_SUBCLASSES: Final = {"request_type": Request, "response_type": Response}


def check_arguments(
    media_type: object, router: object, lifespan: object, **others: object
) -> None:
    """Raise `TypeError` for an argument of `App` that can never work; None stands for a default."""
    if not isinstance(media_type, str):
        raise TypeError(
            f"media_type is {media_type!r}, and no str such as 'application/json'; pass what is "
            "meant for another argument by its name, as in App(middleware=…)"
        )
    if lifespan is not None and not may_make_context_manager(lifespan):
        raise TypeError(
            f"lifespan is {lifespan!r}, and no function that takes the application and gives an "
            "asynchronous context manager: decorate it with contextlib.asynccontextmanager"
        )
    if isinstance(router, type):
        raise TypeError(f"router is the class {router.__name__}: pass an instance of it")
    instances = {
        "req_options": http_options.RequestOptions,
        "resp_options": http_options.ResponseOptions,
        "ws_options": websocket_options.WebSocketOptions,
    }
    for name, kind in instances.items():
        value = others[name]
        if value is not None and not isinstance(value, kind):
            raise TypeError(
                f"{name} is {value!r}, and no {kind.__name__}: pass {kind.__name__}(…)"
            )
    for name, kind in _SUBCLASSES.items():
        value = others[name]
        if value is not None and not (isinstance(value, type) and issubclass(value, kind)):
            raise TypeError(f"{name} is {value!r}, and no subclass of {kind.__name__}")
