"""What can be told about a function without calling it."""

from __future__ import annotations

import functools
import inspect
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def is_coroutine_function(function: object) -> bool:
    """Tell whether `function` is written with `async def`, looking through what wraps it.

    Partial functions, static and class methods, and objects whose `__call__` is a coroutine
    function count; a plain function that returns an awaitable does not.
    """
    while isinstance(function, (functools.partial, functools.partialmethod)):
        function = function.func
    function = getattr(function, "__func__", function)
    # A class that has no `__call__` gives that of its own class, a plain method.
    return any(map(inspect.iscoroutinefunction, (function, type(function).__call__)))


def may_make_context_manager(function: object) -> bool:
    """Tell whether calling `function` can give a context manager, going by how it is written.

    A coroutine function does not, and a generator function does only once it is decorated. What
    is a context manager itself is what such a function has given already.
    """
    if isinstance(function, (AbstractContextManager, AbstractAsyncContextManager)):
        return False
    tests = is_coroutine_function, inspect.isgeneratorfunction, inspect.isasyncgenfunction
    return callable(function) and not any(written_so(function) for written_so in tests)


def accepts(function: object, /, *arguments: object, **named: object) -> bool:
    """Tell whether a function can be called with these arguments.

    What a decorator has put around it is what is called, and so what counts. True where only a
    call can tell.
    """
    signature = _signature(function)
    return signature is None or _binds(signature.bind, *arguments, **named)


def accepts_first(function: object, /, *arguments: object) -> bool:
    """Tell whether a function can be called with these arguments and others behind them."""
    signature = _signature(function)
    return signature is None or _binds(signature.bind_partial, *arguments)


def parameters(function: object, /) -> str:
    """Give the parameters of a function, in parentheses, for a message."""
    signature = _signature(function)
    if signature is None:
        return "(…)"
    bare = [
        parameter.replace(annotation=inspect.Parameter.empty)
        for parameter in signature.parameters.values()
    ]
    return str(inspect.Signature(bare))


def _signature(function: object) -> inspect.Signature | None:
    if not callable(function):
        return None
    try:
        return inspect.signature(function, follow_wrapped=False)
    except (TypeError, ValueError):
        # Written in C, without a signature.
        return None


def _binds(bind: Callable[..., object], /, *arguments: object, **named: object) -> bool:
    try:
        bind(*arguments, **named)
    except TypeError:
        return False
    return True
