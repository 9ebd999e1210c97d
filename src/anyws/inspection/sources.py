"""Where something is written, and what it is called there."""

from __future__ import annotations

import functools
import inspect
from dataclasses import dataclass
from types import CodeType
from typing import cast


@dataclass(frozen=True, slots=True)
class Source:
    """A place in a file; its text is `file:line`."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


def source_of(thing: object) -> Source | None:
    """Find where a function, or the class of anything else, is written.

    What decorators have put around a function is looked through. None for what is written in C,
    or where the file is not at hand.
    """
    code = code_of(thing)
    if code is not None:
        return Source(code.co_filename, code.co_firstlineno)
    kind = thing if isinstance(thing, type) else type(thing)
    try:
        file = inspect.getsourcefile(kind)
        _, line = inspect.findsource(kind)
    except (OSError, TypeError):
        return None
    return None if file is None else Source(file, line + 1)


def name_of(thing: object) -> str:
    """Give the name of a function or a class, of anything else that of its class."""
    inner = _written(thing)
    if not hasattr(inner, "__qualname__"):
        inner = type(inner)
    name: str = getattr(inner, "__qualname__", "")
    return f"{inner.__module__}.{name}"


def code_of(thing: object) -> CodeType | None:
    """Give the code of a function, None for what is none."""
    code = getattr(_written(thing), "__code__", None)
    return code if isinstance(code, CodeType) else None


def _written(thing: object) -> object:
    """Look through methods, partial functions and decorators."""
    found = thing
    while (inner := _behind(found)) is not None:
        found = inner
    return found


def _behind(thing: object) -> object:
    """Give the function that another one stands for, None if it stands for itself."""
    if isinstance(thing, type):
        return None
    if isinstance(thing, functools.partial):
        return cast("functools.partial[object]", thing).func
    return getattr(thing, "__func__", getattr(thing, "__wrapped__", None))
