"""Tables of routes as services have them, of any size, and the paths that are looked up."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

SMALL: Final = 10
LARGE: Final = 1000
LOOKUPS: Final = 1000

_ROUTES_OF_A_THING: Final = 10


class Table(NamedTuple):
    """Routes, and what is looked up in them: as many paths for a small table as for a large one."""

    templates: list[str]
    hits: list[str]
    """Paths that match, each template as often as any other, in no order."""
    misses: list[str]
    """Paths that no template matches, in no order."""


def make_table(size: int) -> Table:
    """Make a table of so many routes, a multiple of ten."""
    things = [f"things-{number:03}" for number in range(size // _ROUTES_OF_A_THING)]
    routes = dict(route for thing in things for route in _routes(thing))
    misses = [path for thing in things for path in _misses(thing)]
    return Table(list(routes), _spread(routes.values()), _spread(misses))


def _routes(thing: str) -> Iterator[tuple[str, str]]:
    """Give the templates that a service has for one kind of thing, each with a path for it.

    Half of them are text alone. They come first, and what is more specific before what is less:
    one of the peers takes the first template that matches.
    """
    root = f"/api/v1/{thing}"
    yield root, root
    yield f"{root}/search", f"{root}/search"
    yield f"{root}/stats", f"{root}/stats"
    yield f"{root}/stats/monthly", f"{root}/stats/monthly"
    yield f"/admin/{thing}", f"/admin/{thing}"
    yield f"{root}/by-number/{{number:int}}", f"{root}/by-number/48151"
    yield f"{root}/by-number/{{number:int}}/log", f"{root}/by-number/48151/log"
    yield f"{root}/{{name}}", f"{root}/the-name-of-it"
    yield f"{root}/{{name}}/comments/{{comment}}", f"{root}/the-name-of-it/comments/first"
    yield f"{root}/{{name}}/revisions/{{number:int}}", f"{root}/the-name-of-it/revisions/23"


def _misses(thing: str) -> Iterator[str]:
    """Give paths that lead nowhere: from the start, at a field's converter, and at the end."""
    yield f"/api/v2/{thing}/the-name-of-it"
    yield f"/api/v1/{thing}/by-number/latest"
    yield f"/api/v1/{thing}/the-name-of-it/comments/first/likes"


def _spread(paths: Iterable[str]) -> list[str]:
    """Repeat paths up to the number of lookups, and shuffle them in a way that can be repeated."""
    known = list(paths)
    spread = [known[number % len(known)] for number in range(LOOKUPS)]
    random.Random(0).shuffle(spread)
    return spread
