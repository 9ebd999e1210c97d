"""Properties that are worked out when somebody looks, and once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, Self, TypeVar, overload

if TYPE_CHECKING:
    from collections.abc import Callable

OwnerT = TypeVar("OwnerT")
ValueT = TypeVar("ValueT")


class lazy(Generic[OwnerT, ValueT]):
    """Compute a property at the first look and keep it in the object's `__dict__`.

    Every later look is a plain attribute's. What raises is not kept.
    (`functools.cached_property` takes a lock on Python 3.11, which costs more than most of what
    is computed here.)
    """

    def __init__(self, compute: Callable[[OwnerT], ValueT]) -> None:
        self._compute = compute
        self._name = compute.__name__
        self.__doc__ = compute.__doc__

    @overload
    def __get__(self, owner: None, kind: type[OwnerT]) -> Self: ...
    @overload
    def __get__(self, owner: OwnerT, kind: type[OwnerT]) -> ValueT: ...
    def __get__(self, owner: OwnerT | None, kind: type[OwnerT]) -> Self | ValueT:
        if owner is None:
            return self
        value = self._compute(owner)
        owner.__dict__[self._name] = value
        return value
