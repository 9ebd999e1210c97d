"""Names that attributes have elsewhere, and what to write in their place."""

from __future__ import annotations


class Misnomer:
    """An attribute that is not there, under a name that programs look for.

    Reading it raises an `AttributeError` that says what to write, as a missing attribute would
    raise one that doesn't. A program may still keep something of its own under the name.
    """

    __slots__ = ("_name", "_remedy")

    def __init__(self, remedy: str) -> None:
        self._remedy = remedy
        self._name = ""

    def __set_name__(self, kind: type, name: str) -> None:
        self._name = name

    def __get__(self, owner: object, kind: type) -> object:
        if owner is None:
            return self
        raise self.error(owner)

    def error(self, owner: object) -> AttributeError:
        """Make the error for an object that is asked for the attribute."""
        return AttributeError(
            f"{type(owner).__name__} has no attribute {self._name!r}: {self._remedy}",
            name=self._name,
            obj=owner,
        )


class SetMisnomer(Misnomer):
    """A misnomer that can't be set either, since that would go unnoticed."""

    __slots__ = ()

    def __set__(self, owner: object, value: object) -> None:
        raise self.error(owner)
