"""From `module:app` on the command line to the application itself."""

from __future__ import annotations

import importlib
import inspect
import re
import sys
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import Final, cast

from anyws._asgi.types import ASGIApp
from anyws.cli.errors import TargetError

_EXAMPLE: Final = "write module:app, or module:make_app() for a function that makes it"
_TARGET: Final = re.compile(r"(?P<module>[^:()]+):(?P<name>[^:()]+)(?P<call>\(\))?")

_importing: Final[ContextVar[str | None]] = ContextVar("anyws_importing", default=None)


@dataclass(frozen=True)
class Target:
    """Where an application is to be found; `called` means that a call of it makes one."""

    module: str
    name: str
    called: bool

    def __str__(self) -> str:
        return f"{self.module}:{self.name}{'()' if self.called else ''}"


def parse_target(text: str) -> Target:
    """Take `module:app` or `module:make_app()` apart, with dots on either side of the colon."""
    if ":" not in text:
        raise TargetError(f"{text!r} names no application in a module: {_EXAMPLE}")
    parts = _TARGET.fullmatch(text)
    if parts is None:
        raise TargetError(f"{text!r} is not understood: {_EXAMPLE}, which takes no arguments here")
    target = Target(parts["module"], parts["name"], parts["call"] is not None)
    if target.module.endswith(".py"):
        module = target.module.removesuffix(".py")
        raise TargetError(f"{text!r} names a file: write {replace(target, module=module)}")
    if not all(part.isidentifier() for part in target.module.split(".")):
        raise TargetError(
            f"{target.module!r} is not the name of a module: write shop.web:app for shop/web.py"
        )
    if not all(part.isidentifier() for part in target.name.split(".")):
        raise TargetError(f"{target.name!r} is not a name in a module: {_EXAMPLE}")
    return target


def load_application(text: str) -> ASGIApp:
    """Import the module, with the current folder importable, and give the application in it.

    Raises `TargetError` with one line of text. Where the user's own code raised, that exception
    is its `__cause__`, with the launcher's frames taken out of the traceback.
    """
    target = parse_target(text)
    token = _importing.set(target.module)
    try:
        module = _import(target.module)
    finally:
        _importing.reset(token)
    found = _find(module, target)
    application = _make(found, target) if target.called else found
    complaint = _complaint(application, target)
    if complaint is not None:
        raise TargetError(f"{target} is not an ASGI application: {complaint}")
    return cast("ASGIApp", application)


def refuse_while_importing() -> None:
    """Raise `RuntimeError` in a module that `load_application` imports: it would never end."""
    name = _importing.get()
    if name is not None:
        raise RuntimeError(
            f"anyws.run() was called while the command anyws imports {name}: put the call below"
            " if __name__ == '__main__'"
        )


def _import(name: str) -> ModuleType:
    folder = str(Path.cwd())
    if folder not in sys.path:
        sys.path.insert(0, folder)
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if not _is_itself_missing(name, error):
            raise _raised(f"importing {name} failed", error) from error
        raise TargetError(
            f"there is no module {name!r}: looked in {folder} and on Python's path"
        ) from None
    except Exception as error:
        raise _raised(f"importing {name} failed", error) from error


def _is_itself_missing(name: str, error: ModuleNotFoundError) -> bool:
    """Tell whether the module or a package it is in is missing, not one that it imports."""
    return error.name is not None and f"{name}.".startswith(f"{error.name}.")


def _find(module: ModuleType, target: Target) -> object:
    found: object = module
    for part in target.name.split("."):
        try:
            found = getattr(found, part)
        except AttributeError:
            raise TargetError(_nothing_of_that_name(module, target)) from None
    return found


def _nothing_of_that_name(module: ModuleType, target: Target) -> str:
    likely = ", ".join(f"{target.module}:{name}" for name in _likely_names(module))
    hint = f"; it has {likely}" if likely else "; it has nothing that could be an application"
    return f"the module {target.module} has no {target.name!r}{hint}"


def _likely_names(module: ModuleType) -> Iterator[str]:
    """Give the applications in a module, then the functions of its own that may make one."""
    public = {name: value for name, value in vars(module).items() if not name.startswith("_")}
    yield from (name for name, value in public.items() if _is_surely_asgi(value))
    for name, value in public.items():
        own = inspect.isfunction(value) and value.__module__ == module.__name__
        if own and _accepts(value, 0):
            yield f"{name}()"


def _make(factory: object, target: Target) -> object:
    if not callable(factory):
        raise TargetError(
            f"{target} cannot be called, it is {_kind(factory)}: without the () it is the"
            " application itself"
        )
    if not _accepts(factory, 0):
        raise TargetError(
            f"{target} needs arguments: name a function that takes none and makes the application"
        )
    try:
        return factory()
    except Exception as error:
        raise _raised(f"{target} failed", error) from error


def _complaint(application: object, target: Target) -> str | None:
    if inspect.iscoroutine(application):
        application.close()
        return "it is a coroutine; make the function a plain `def`"
    why_not = _why_not_asgi(application)
    if why_not is None:
        return None
    if target.called:
        return f"the call returned {_kind(application)}, and {why_not}"
    if callable(application) and _accepts(application, 0):
        return f"{why_not}; if a call of it makes the application: {target}()"
    return f"{_kind(application)}: {why_not}"


def _why_not_asgi(value: object) -> str | None:
    """Say what keeps a value from being an ASGI 3 application, None if nothing does."""
    if inspect.isclass(value):
        return "a class is not an application, an instance of it may be"
    if not callable(value):
        return "it cannot be called"
    if not _accepts(value, 3):
        return "it does not take the three arguments (scope, receive, send)"
    return None


def _is_surely_asgi(value: object) -> bool:
    if _why_not_asgi(value) is not None:
        return False
    call = value if inspect.isfunction(value) else inspect.getattr_static(value, "__call__", None)
    return inspect.iscoroutinefunction(call)


def _accepts(function: Callable[..., object], count: int) -> bool:
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):
        return True  # Written in C without a signature: only a call can tell.
    try:
        signature.bind(*(None,) * count)
    except TypeError:
        return False
    return True


def _kind(value: object) -> str:
    if inspect.isclass(value):
        return f"the class {value.__qualname__}"
    if value is None:
        return "None"
    return f"a value of type {type(value).__qualname__}"


def _raised(what: str, error: Exception) -> TargetError:
    """Describe an exception of the user's code, and take everybody else's frames off its top."""
    trace = error.__traceback__
    while trace is not None and _is_machinery(trace.tb_frame.f_code.co_filename):
        trace = trace.tb_next
    error.__traceback__ = trace
    return TargetError(f"{what}, see the {type(error).__name__} above")


def _is_machinery(filename: str) -> bool:
    return filename in {__file__, importlib.__file__} or filename.startswith("<frozen importlib")
