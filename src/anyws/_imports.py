"""What is imported when it is asked for: what most programs never need, or not at once."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING


def imported_on_demand(package: str, homes: Mapping[str, str]) -> Callable[[str], object]:
    """Make the `__getattr__` of a package; `homes` are the modules of the names that it has.

    Type checkers need the same names in an `if TYPE_CHECKING:` of the package.
    """

    def find(name: str) -> object:
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        return getattr(importlib.import_module(homes[name]), name)

    return find


class Deferred:
    """Stands for a module that is imported when something of it is first needed.

    What was needed once is an attribute like any other. Type checkers need an import of the
    module in an `if TYPE_CHECKING:`.
    """

    def __init__(self, module: str) -> None:
        self._module = module

    def __getattr__(self, name: str) -> object:
        value: object = getattr(importlib.import_module(self._module), name)
        setattr(self, name, value)
        return value


if TYPE_CHECKING:
    import random
    import urllib.parse as url_parsing
    import uuid
else:
    random, url_parsing, uuid = map(Deferred, ("random", "urllib.parse", "uuid"))

__all__ = ["Deferred", "imported_on_demand", "random", "url_parsing", "uuid"]
