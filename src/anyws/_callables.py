"""Whether calling something gives a coroutine, told without calling it."""

from __future__ import annotations

import functools
import inspect


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
