"""What it costs to find the route for a path, among ten and among a thousand."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final, NamedTuple

import anyio

from benchmarks._harness import Effort, Stopwatch, interleave, parse_effort
from benchmarks._report import Row, setting, table
from benchmarks._routing.peers import PEERS, Find
from benchmarks._routing.tables import LARGE, LOOKUPS, SMALL, make_table

PACKAGES: Final = ("anyws", "falcon", "starlette")


class Results(NamedTuple):
    """What was measured, and what follows from it."""

    lookups: Sequence[Row]
    """Microseconds for a lookup."""
    growth: Sequence[Row]
    """How many times what a lookup in the small table costs it costs in the large one."""


async def measure(effort: Effort) -> Results:
    """Measure lookups that find something and lookups that don't, in both tables."""
    samples = {}
    for size in (SMALL, LARGE):
        routes = make_table(size)
        finders = {name: peer.fill(routes.templates) for name, peer in PEERS.items()}
        for kind, paths in (("hits", routes.hits), ("misses", routes.misses)):
            for name, find in finders.items():
                samples[size, kind, name] = partial(time_lookups, find, paths[: effort.calls])
    figures = await interleave(samples, effort.rounds)
    lookups = [
        Row(f"{size} routes, {kind}", {name: figures[size, kind, name] for name in PEERS})
        for size in (SMALL, LARGE)
        for kind in ("hits", "misses")
    ]
    growth = [
        Row(
            kind, {name: figures[LARGE, kind, name] / figures[SMALL, kind, name] for name in PEERS}
        )
        for kind in ("hits", "misses")
    ]
    return Results(lookups, growth)


async def time_lookups(find: Find, paths: Sequence[str]) -> float:
    """Give the microseconds that one lookup takes."""
    # A server makes a new str for each request: one whose hash has not been computed yet.
    fresh = [path.encode().decode() for path in paths]
    watch = Stopwatch()
    # The processor's caches hold what other peers have used. Reading a table from memory once
    # would be most of what is measured, and more of it the larger the table is.
    for path in paths:
        find(path)
    with watch:
        for path in fresh:
            find(path)
    return watch.seconds / len(fresh) * 1e6


def main() -> None:
    effort = parse_effort(__doc__ or "", rounds=15, calls=LOOKUPS)
    print(setting(PACKAGES))
    results = anyio.run(measure, effort)
    print()
    print(table("routing", "us a lookup", results.lookups))
    print()
    print(table(f"{LARGE} routes", f"times {SMALL}", results.growth, multiples=False))


if __name__ == "__main__":
    main()
