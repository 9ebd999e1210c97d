"""Names of packages that are imported when they are asked for: most programs never need them."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping


def imported_on_demand(package: str, homes: Mapping[str, str]) -> Callable[[str], object]:
    """Make the `__getattr__` of a package; `homes` are the modules of the names that it has.

    Type checkers need the same names in an `if TYPE_CHECKING:` of the package.
    """

    def find(name: str) -> object:
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        return getattr(importlib.import_module(homes[name]), name)

    return find
