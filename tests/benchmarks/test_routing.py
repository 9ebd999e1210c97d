"""That all routers are asked the same and find the same."""

from __future__ import annotations

import anyio
import pytest

from benchmarks._harness import Effort
from benchmarks._routing.peers import PEERS
from benchmarks._routing.tables import LARGE, SMALL, make_table
from benchmarks.routing import measure


@pytest.mark.parametrize("size", [SMALL, LARGE])
@pytest.mark.parametrize("name", PEERS)
def test_a_router_finds_every_template_with_its_fields_and_nothing_for_a_miss(
    name: str, size: int
) -> None:
    fill, read = PEERS[name]
    routes = make_table(size)
    find = fill(routes.templates)
    found = [read(find(path)) for path in dict.fromkeys(routes.hits)]
    templates = [match[0] for match in found if match is not None]
    assert sorted(templates) == sorted(routes.templates)
    assert all(read(find(path)) is None for path in dict.fromkeys(routes.misses))


def test_all_routers_give_the_same_fields() -> None:
    routes = make_table(SMALL)
    finders = {name: peer.fill(routes.templates) for name, peer in PEERS.items()}
    for path in routes.hits:
        first, *others = (peer.read(finders[name](path)) for name, peer in PEERS.items())
        assert others == [first] * len(others)


def test_the_lookups_are_as_many_in_both_tables_and_use_all_of_each() -> None:
    few, many = make_table(SMALL), make_table(LARGE)
    assert (len(few.templates), len(many.templates)) == (SMALL, LARGE)
    assert len(few.hits) == len(many.hits) == len(few.misses) == len(many.misses)
    assert (len(set(few.hits)), len(set(many.hits))) == (SMALL, LARGE)


def test_the_benchmark_of_routing_runs() -> None:
    results = anyio.run(measure, Effort(rounds=1, calls=2))
    assert [row.name for row in results.lookups] == [
        "10 routes, hits",
        "10 routes, misses",
        "1000 routes, hits",
        "1000 routes, misses",
    ]
    for row in (*results.lookups, *results.growth):
        assert list(row.figures) == list(PEERS)
        assert all(figure > 0 for figure in row.figures.values())
