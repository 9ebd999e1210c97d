"""The one way in which classes of options are written.

A class of options is a dataclass of keyword-only fields on top of `Options`:

    @dataclass(kw_only=True, slots=True)
    class CacheOptions(Options):
        max_age: float = field(default=60, metadata=seconds())
        \"\"\"Seconds for which an entry is kept; a longer time costs memory.\"\"\"

Type checkers see plain attributes, and reading one is a plain attribute's look-up. Assigning is
checked, in the constructor and later: a name that is no option is an `AttributeError`, a value
against the field's rule is a `ValueError` that names the option, the value and the rule.
"""

from __future__ import annotations

import dataclasses
import math
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_KEY: Final = "anyws.rule"


class Rule(NamedTuple):
    """What a value must be: a test, and the words that end the sentence 'x must be …'."""

    allows: Callable[[object], bool]
    wording: str


@dataclasses.dataclass(kw_only=True, slots=True)
class Options:
    """The base of every class of options: assignments are checked, unknown names refused."""

    # Hidden from type checkers, which would take any attribute's assignment for allowed.
    if not TYPE_CHECKING:

        def __setattr__(self, name: str, value: object) -> None:
            _check(self, name, value)
            object.__setattr__(self, name, value)


def must_be(wording: str, allows: Callable[[object], bool]) -> Mapping[str, Rule]:
    """Make the metadata of a field whose values pass a test."""
    return {_KEY: Rule(allows, wording)}


def flag() -> Mapping[str, Rule]:
    """Make the metadata of a field that is True or False."""
    return must_be("True or False", lambda value: isinstance(value, bool))


def text() -> Mapping[str, Rule]:
    """Make the metadata of a field that is a str with something in it."""
    return must_be("a str that is not empty", lambda value: isinstance(value, str) and value != "")


def instance_of(kind: type) -> Mapping[str, Rule]:
    """Make the metadata of a field that holds an object of one kind."""
    return must_be(f"a {kind.__name__}", lambda value: isinstance(value, kind))


def count(*, minimum: int = 0, optional: bool = False) -> Mapping[str, Rule]:
    """Make the metadata of a field that is a whole number, or None where it is optional."""

    def allows(value: object) -> bool:
        if value is None:
            return optional
        return isinstance(value, int) and not isinstance(value, bool) and value >= minimum

    return must_be(f"an int of at least {minimum}{_or_none(optional=optional)}", allows)


def seconds(*, optional: bool = False) -> Mapping[str, Rule]:
    """Make the metadata of a field that is a time in seconds, or None where it is optional."""

    def allows(value: object) -> bool:
        if value is None:
            return optional
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            return False
        return value > 0 and math.isfinite(value)

    return must_be(f"a finite number of seconds above 0{_or_none(optional=optional)}", allows)


def rate() -> Mapping[str, Rule]:
    """Make the metadata of a field that is a pair (per second, burst), or None."""

    def allows(value: object) -> bool:
        match value:
            case None:
                return True
            case [int() | float() as per_second, int() as burst]:
                plain = not isinstance(per_second, bool) and not isinstance(burst, bool)
                return plain and 0 < per_second < math.inf and burst >= 1
            case _:
                return False

    return must_be(
        "a pair (per_second, burst) of a number above 0 and an int of at least 1, or None", allows
    )


def _or_none(*, optional: bool) -> str:
    return ", or None" if optional else ""


def _check(options: Options, name: str, value: object) -> None:
    fields = {field.name: field for field in dataclasses.fields(options)}
    kind = type(options).__name__
    if name not in fields:
        raise AttributeError(f"{kind} has no option {name!r}; it has {', '.join(sorted(fields))}")
    rule: Rule | None = fields[name].metadata.get(_KEY)
    if rule is not None and not rule.allows(value):
        raise ValueError(f"{kind}.{name} must be {rule.wording}, not {value!r}")
