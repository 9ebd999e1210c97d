"""What a lookup costs, counted in operations on the text and not in time."""

from __future__ import annotations

from collections import Counter
from typing import SupportsIndex

import pytest

from anyws.routing import Router

OPERATIONS: Counter[str] = Counter()


class CountedText(str):
    """A text that counts what is done with it, and with what is cut out of it."""

    def __hash__(self) -> int:
        OPERATIONS["hash"] += 1
        return super().__hash__()

    def __eq__(self, other: object) -> bool:
        OPERATIONS["compare"] += 1
        return super().__eq__(other)

    def __getitem__(self, key: SupportsIndex | slice) -> CountedText:
        OPERATIONS["slice"] += 1
        return CountedText(super().__getitem__(key))

    def split(self, sep: str | None = None, maxsplit: SupportsIndex = -1) -> list[str]:
        OPERATIONS["split"] += 1
        return [CountedText(text) for text in super().split(sep, maxsplit)]

    def rfind(
        self, sub: str, start: SupportsIndex | None = None, end: SupportsIndex | None = None, /
    ) -> int:
        OPERATIONS["rfind"] += 1
        return super().rfind(sub, start, end)


class Resource:
    async def on_get(self, req: object, resp: object, **params: object) -> None: ...


def cost(router: Router, path: str) -> dict[str, int]:
    """Count the operations of a lookup."""
    OPERATIONS.clear()
    router.find(CountedText(path))
    return dict(OPERATIONS)


def siblings(number: int) -> Router:
    router = Router()
    for n in range(number):
        router.add_route(f"/plain{n}", Resource())
        router.add_route(f"/field{n}/{{a}}", Resource())
        router.add_route(f"/deep/{{a}}/in{n}/{{b:int}}", Resource())
        router.add_route(f"/mixed/v{n:04}-{{a}}", Resource())
        router.add_route(f"/mixed/{{a}}.x{n:04}", Resource())
    return router


@pytest.mark.parametrize(
    ("path", "is_there"),
    [
        ("/plain7", True),
        ("/field7/1", True),
        ("/deep/1/in7/2", True),
        ("/mixed/v0007-1", True),
        ("/mixed/1.x0007", True),
        ("/mixed/v9999-1", False),
        ("/nowhere", False),
        ("/deep/1/nowhere/2", False),
        ("/deep/1/in7/x", False),
    ],
)
def test_a_thousand_routes_cost_what_ten_do(path: str, *, is_there: bool) -> None:
    few, many = siblings(10), siblings(1000)
    assert (many.find(path) is not None) is is_there
    assert cost(many, path) == cost(few, path)


def test_a_literal_path_is_one_look_into_a_dictionary() -> None:
    assert cost(siblings(1000), "/plain500") == {"hash": 1, "compare": 1}


@pytest.mark.parametrize("text", ["-" * 5000 + ".", "-.-" * 5000, "-" * 5000 + "x"])
def test_a_mixed_segment_looks_once_for_each_text_between_its_fields(text: str) -> None:
    router = Router()
    router.add_route("/{a}-{b}-{c}-{d}-{e}.{f}x", Resource())
    assert cost(router, f"/{text}").get("rfind", 0) <= 5
