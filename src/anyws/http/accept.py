"""Content negotiation: what the Accept field lets a server send (RFC 9110, section 12.5.1)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

# Commas and semicolons inside quotes belong to a parameter's value. A quote that nobody closes
# runs to the end: to look for its other half again and again would take quadratic time.
_QUOTED: Final = r'"(?:[^"\\]|\\.)*(?:"|\\?$)'
_ELEMENT: Final = re.compile(rf'(?:[^,"]|{_QUOTED})+')
_PART: Final = re.compile(rf'(?:[^;"]|{_QUOTED})+')
_ESCAPED: Final = re.compile(r"\\(.)")
_WEIGHT: Final = re.compile(r"0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?")


class MediaRange(NamedTuple):
    """One element of the field, or a media type that is looked for in it."""

    main: str
    sub: str
    parameters: frozenset[tuple[str, str]]
    weight: float = 1.0

    def covers(self, media: MediaRange) -> bool:
        """Tell whether a media type falls into this range."""
        return (
            self.main in ("*", media.main)
            and self.sub in ("*", media.sub)
            and self.parameters <= media.parameters
        )

    @property
    def precedence(self) -> tuple[bool, bool, int, float]:
        """Say how specific the range is: the most specific one decides, of equals the heaviest."""
        return self.main != "*", self.sub != "*", len(self.parameters), self.weight


def parse_accept(field: str) -> list[MediaRange]:
    """Read the field. An empty one accepts anything; malformed elements are left out."""
    if not field.strip():
        field = "*/*"
    ranges = (_parse_range(element) for element in _ELEMENT.findall(field))
    return [found for found in ranges if found is not None]


def weight_of(media_type: str, accepted: Iterable[MediaRange]) -> float:
    """Give the weight between 0 and 1 of a media type; 0 is not acceptable."""
    media = _parse_range(media_type)
    if media is None:
        return 0.0
    covering = [found for found in accepted if found.covers(media)]
    if not covering:
        return 0.0
    return max(covering, key=lambda found: found.precedence).weight


def best_match(media_types: Iterable[str], field: str) -> str | None:
    """Give the media type that the client likes best, the first of equals; None if it likes none."""
    accepted = parse_accept(field)
    best: str | None = None
    best_weight = 0.0
    for media_type in media_types:
        weight = weight_of(media_type, accepted)
        if weight > best_weight:
            best, best_weight = media_type, weight
    return best


def _parse_range(element: str) -> MediaRange | None:
    essence, *parts = _PART.findall(element) or [""]
    main, slash, sub = essence.strip().lower().partition("/")
    # A bare star is what Java's HttpURLConnection sends.
    if main == "*" and not slash:
        sub = "*"
    if not main or not sub or (main == "*" and sub != "*"):
        return None
    weight = 1.0
    parameters: set[tuple[str, str]] = set()
    for part in parts:
        name, _, value = part.strip().partition("=")
        name, value = name.strip().lower(), value.strip()
        if name != "q":
            # A charset says the same in any case (section 8.3.1), and others hardly differ by it.
            parameters.add((name, _unquoted(value).lower()))
        elif _WEIGHT.fullmatch(value) is None:
            return None
        else:
            weight = float(value)
    return MediaRange(main, sub, frozenset(parameters), weight)


def _unquoted(value: str) -> str:
    """Give what a token, or a quoted string, stands for (section 5.6.4)."""
    if len(value) < 2 or not (value.startswith('"') and value.endswith('"')):
        return value
    return _ESCAPED.sub(r"\1", value[1:-1])
