"""Hooks: coroutine functions that run before or after one responder, or each one of a class."""

from __future__ import annotations

import functools
import inspect
import re
from collections.abc import Awaitable, Callable
from typing import Final, TypeAlias, TypeVar, cast

from anyws._callables import accepts, is_coroutine_function, parameters

Action: TypeAlias = Callable[..., Awaitable[object]]
"""What a hook calls, and what it is put around: a coroutine function."""

Hooked = TypeVar("Hooked", bound=Callable[..., object])

_RESPONDER_NAME: Final = re.compile(
    r"on_(?:connect|delete|get|head|options|patch|post|put|trace|request|websocket)(?:_\w+)?"
)

# What a responder gives that never ran, for the hooks around it.
_SKIPPED: Final = object()


def before(action: Action, /, *args: object, **kwargs: object) -> Callable[[Hooked], Hooked]:
    """Decorate a responder, or a class with responders, with what has to happen first.

    `await action(req, resp, resource, params, *args, **kwargs)` runs before the responder; for
    `on_websocket` the second argument is the WebSocket. `params` holds the template's fields, and
    what the action puts there or takes away is what the responder is called with. What the action
    raises is raised in place of the responder. If the WebSocket is closed afterwards, the
    responder is skipped, and the hooks that would have followed.

    Of several decorators the outermost runs first. On a class every method that could be a
    responder by its name is decorated, with any suffix, inherited ones too: give helpers names
    that do not begin like 'on_get' or 'on_websocket'. What a subclass overrides is not decorated.

    Raises `TypeError` if the action or a responder is no coroutine function, if the action does
    not take what it is called with, or if the class has no responder.
    """
    _check_action(action, ("req", "resp", "resource", "params"), args, kwargs)

    def hook(responder: Action) -> Action:
        @functools.wraps(responder)
        async def hooked(
            resource: object, req: object, resp: object, /, **params: object
        ) -> object:
            await action(req, resp, resource, params, *args, **kwargs)
            if getattr(resp, "close_code", None) is not None:
                return _SKIPPED
            return await _bound(responder, resource)(req, resp, **params)

        return _with_signature(hooked, responder)

    return functools.partial(_decorate, hook)


def after(action: Action, /, *args: object, **kwargs: object) -> Callable[[Hooked], Hooked]:
    """Decorate a responder, or a class with responders, with what has to happen afterwards.

    `await action(req, resp, resource, *args, **kwargs)` runs when the responder has returned, not
    when it has raised; for `on_websocket` the second argument is the WebSocket. Of several
    decorators the innermost runs first. Classes and errors are as for `before`.
    """
    _check_action(action, ("req", "resp", "resource"), args, kwargs)

    def hook(responder: Action) -> Action:
        @functools.wraps(responder)
        async def hooked(
            resource: object, req: object, resp: object, /, **params: object
        ) -> object:
            result = await _bound(responder, resource)(req, resp, **params)
            if result is not _SKIPPED:
                await action(req, resp, resource, *args, **kwargs)
            return result

        return _with_signature(hooked, responder)

    return functools.partial(_decorate, hook)


def _decorate(hook: Callable[[Action], Action], target: Hooked) -> Hooked:
    if isinstance(target, type):
        for name, responder in _responders_of(target).items():
            setattr(target, name, hook(responder))
        return cast("Hooked", target)
    _check_coroutine_function("the responder", target)
    return cast("Hooked", hook(cast("Action", target)))


def _responders_of(cls: type) -> dict[str, Action]:
    """Find the responders of a class, static and class methods in their wrappings."""
    responders: dict[str, Action] = {}
    for name in filter(_RESPONDER_NAME.fullmatch, dir(cls)):
        responder = inspect.getattr_static(cls, name)
        # None takes an inherited responder away.
        if responder is not None:
            _check_coroutine_function(f"{cls.__qualname__}.{name}", responder)
            responders[name] = responder
    if not responders:
        raise TypeError(
            f"the class {cls.__qualname__} has no responder to hook; decorate the class that"
            " defines or inherits 'on_get', 'on_websocket' and so on"
        )
    return responders


def _bound(responder: Action, resource: object) -> Action:
    """Give what looking the responder up on the resource would have given."""
    bind = getattr(responder, "__get__", None)
    return responder if bind is None else cast("Action", bind(resource, type(resource)))


def _with_signature(hooked: Action, responder: Action) -> Action:
    """Have whoever looks at the parameters see those of the responder itself."""
    if inspect.isfunction(responder):
        signature = inspect.signature(responder, follow_wrapped=False)
        hooked.__signature__ = signature  # type: ignore[attr-defined]  # PEP 362 has functions take it
    return hooked


def _check_action(
    action: object, given: tuple[str, ...], args: tuple[object, ...], kwargs: dict[str, object]
) -> None:
    _check_coroutine_function("the hook", action)
    if accepts(action, *given, *args, **kwargs):
        return
    called_with = [*given, *map(repr, args), *(f"{name}={kwargs[name]!r}" for name in kwargs)]
    raise TypeError(
        f"the hook {action!r} takes {parameters(action)}, and is called with "
        f"({', '.join(called_with)})"
    )


def _check_coroutine_function(what: str, value: object) -> None:
    if not is_coroutine_function(value):
        raise TypeError(f"{what} is no coroutine function: {value!r}; define it with 'async def'")
