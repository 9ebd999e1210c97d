"""What the code of functions mentions, found without running it."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Iterator
from types import CodeType, FunctionType, MethodType
from typing import Final, cast

from anyws.inspection.sources import code_of

_BOUND: Final[tuple[type, ...]] = (MethodType, staticmethod, classmethod)


def mentions(function: object) -> set[str]:
    """Give the names that a function looks up, also as attributes, and those inside it.

    Functions that decorators have put around it count, and what these hold: the actions of hooks.
    """
    found: set[str] = set()
    for layer in _layers(function):
        code = code_of(layer)
        if code is not None:
            found.update(_names_in(code))
    return found


def mentioned_in_class(kind: type) -> set[str]:
    """Give the names that the methods of a class look up, those of its bases included."""
    found: set[str] = set()
    for base in kind.__mro__:
        for value in vars(base).values():
            found.update(mentions(value))
    return found


def _layers(function: object) -> Iterator[object]:
    """Give a function, what it was put around, and the functions that it holds."""
    waiting, seen = [function], set[int]()
    while waiting:
        layer = waiting.pop()
        if id(layer) in seen:
            continue
        seen.add(id(layer))
        if isinstance(layer, property):
            waiting.append(layer.fget)
        elif isinstance(layer, functools.partial):
            waiting.append(cast("functools.partial[object]", layer).func)
        elif not inspect.isfunction(layer):
            waiting.extend(_bound(layer))
        else:
            yield layer
            waiting.extend(value for value in _held_by(layer) if inspect.isroutine(value))


def _held_by(function: FunctionType) -> Iterator[object]:
    for cell in function.__closure__ or ():
        try:
            held: object = cell.cell_contents
        except ValueError:
            continue  # The variable has no value, as after the end of an `except … as`.
        yield held


def _bound(method: object) -> Iterator[object]:
    """Give the function of a method, and of a static or a class method."""
    if type(method) in _BOUND:
        yield getattr(method, "__func__", None)


def _names_in(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names_in(constant)
