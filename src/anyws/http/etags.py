"""Entity tags: RFC 9110, section 8.8.3."""

from __future__ import annotations

import re
from typing import Final, Self

_TAG: Final = re.compile(r'(?P<weak>W/)?"(?P<tag>[\x21\x23-\x7e\x80-\xff]*)"')
_ELEMENT: Final = re.compile(rf"[ \t]*(?:{_TAG.pattern}[ \t]*)?(?:,|$)")


class ETag(str):
    """An entity tag: the text between the quotes, and whether it is weak."""

    is_weak: bool = False

    def __new__(cls, tag: str, *, is_weak: bool = False) -> Self:
        """Make a tag of the text that stands between its quotes."""
        made = super().__new__(cls, tag)
        made.is_weak = is_weak
        return made

    @classmethod
    def loads(cls, field: str) -> ETag:
        """Read `"tag"` or `W/"tag"`; raise `ValueError` for anything else."""
        found = _TAG.fullmatch(field)
        if found is None:
            raise ValueError(f'{field!r} is not an entity tag such as "x" or W/"x"')
        return cls(found["tag"], is_weak=found["weak"] is not None)

    def dumps(self) -> str:
        """Write the tag as it stands in a header."""
        return f'W/"{self}"' if self.is_weak else f'"{self}"'

    def strong_compare(self, other: ETag) -> bool:
        """Tell whether both are strong and the same (section 8.8.3.2)."""
        return not self.is_weak and not other.is_weak and self == other


ANY_TAG: Final = ETag("*")
"""The `*` of If-Match and If-None-Match. The tag `"*"` is an equal str, and not this object."""


def parse_etags(field: str) -> list[ETag] | None:
    """Read the list of an If-Match or If-None-Match field; `*` is `[ANY_TAG]`.

    A malformed list is None: a condition that cannot be read is as good as none.
    """
    if field.strip(" \t") == "*":
        return [ANY_TAG]
    tags: list[ETag] = []
    position = 0
    while position < len(field):
        found = _ELEMENT.match(field, position)
        if found is None:
            return None
        if found["tag"] is not None:
            tags.append(ETag(found["tag"], is_weak=found["weak"] is not None))
        position = found.end()
    return tags or None
