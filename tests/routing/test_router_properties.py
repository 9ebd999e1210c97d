"""The router against a matcher that tries every template, one after the other."""

from __future__ import annotations

import re
from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from anyws.errors.usage import UnacceptableRouteError
from anyws.routing import Router


class Resource:
    async def on_get(self, req: object, resp: object) -> None: ...


class Piece(NamedTuple):
    """A segment of a template, its rank at a place, and what it matches, as an expression."""

    template: str
    rank: tuple[int, ...]
    expression: str
    shape: str
    """Two different pieces of one shape contradict each other at one place."""


def literal(text: str) -> Piece:
    return Piece(text, (0,), re.escape(text), f"literal {text}")


def mixed(template: str) -> Piece:
    """Describe a mixed segment whose fields all are `{name}` or `{name:int}`."""
    texts = re.split(r"{.*?}", template)
    fields = re.findall(r"{(.*?)}", template)
    expression = re.escape(texts[0])
    for field, text in zip(fields, texts[1:], strict=True):
        expression += f"(?P<{field.partition(':')[0]}>.+)" + re.escape(text)
    front, back = len(texts[0]), len(texts[-1])
    rank = (1, -(front + back), -front, -len("".join(texts[1:-1])))
    return Piece(template, rank, expression, f"mixed {texts}")


def simple(template: str) -> Piece:
    return Piece(template, (2,), f"(?P<{template[1:-1].partition(':')[0]}>[^/]+)", "simple")


def rest(name: str) -> Piece:
    return Piece(f"{{{name}:path}}", (3,), f"(?P<{name}>.*)", "rest")


def pieces(level: int) -> st.SearchStrategy[Piece]:
    """Give the segments at one level; field names differ from level to level."""
    a, b = f"a{level}", f"b{level}"
    return st.sampled_from(
        [
            *map(literal, ["x", "1", "1-1", "x.1"]),
            *map(mixed, [f"{{{a}}}-{{{b}}}", f"{{{a}:int}}-{{{b}}}", f"x{{{a}}}", f"{{{a}}}x"]),
            *map(mixed, [f"{{{a}}}.{{{b}:int}}", f"1{{{a}}}-{{{b}}}", f"{{{a}}}1{{{b}}}1"]),
            *map(simple, [f"{{{a}}}", f"{{{a}:int}}", f"{{{b}}}"]),
        ]
    )


TEMPLATES = st.builds(
    lambda first, end: (*first, *end),
    st.integers(0, 3).flatmap(lambda depth: st.tuples(*map(pieces, range(depth)))),
    st.sampled_from(
        [(literal(""),), (rest("p"),), (rest("q"),), (literal("x"),), (simple("{z}"),)]
    ),
)
PATHS = st.lists(
    st.sampled_from(
        ["", "x", "1", "2", "1-1", "x.1", "11-1", "1-x-1", "x1x", "-", "1.1-x", "111"]
    ),
    min_size=1,
    max_size=4,
).map(lambda texts: "/" + "/".join(texts))


def contradicts(one: tuple[Piece, ...], other: tuple[Piece, ...]) -> bool:
    """Tell whether two templates part at two segments that may not stand at one place."""
    for piece, counterpart in zip(one, other, strict=False):
        if piece != counterpart:
            return piece.shape == counterpart.shape
    return False


def match(template: tuple[Piece, ...], path: str) -> dict[str, object] | None:
    """Match a path against one template, segment by segment."""
    texts = path[1:].split("/")
    if template[-1].shape == "rest":
        texts[len(template) - 1 :] = ["/".join(texts[len(template) - 1 :])] * (
            len(texts) >= len(template)
        )
    if len(texts) != len(template):
        return None
    params: dict[str, object] = {}
    for piece, text in zip(template, texts, strict=True):
        groups = re.fullmatch(piece.expression, text)
        if groups is None:
            return None
        for name, value in groups.groupdict().items():
            if f"{{{name}:int}}" not in piece.template:
                params[name] = value
            elif re.fullmatch("-?[0-9]+", value):
                params[name] = int(value)
            else:
                return None
    return params


def precedence(
    template: tuple[Piece, ...], accepted: list[tuple[Piece, ...]]
) -> list[tuple[tuple[int, ...], int]]:
    """Give what a template is sorted by: of equal segments at one place, the first added wins."""
    beginnings = [template[: end + 1] for end in range(len(template))]
    return [
        (
            beginning[-1].rank,
            next(n for n, one in enumerate(accepted) if one[: len(beginning)] == beginning),
        )
        for beginning in beginnings
    ]


@given(st.lists(TEMPLATES, max_size=12), st.lists(PATHS, min_size=1, max_size=8))
def test_the_tree_finds_what_trying_every_template_finds(
    templates: list[tuple[Piece, ...]], paths: list[str]
) -> None:
    router = Router()
    accepted: list[tuple[Piece, ...]] = []
    for template in templates:
        text = "/" + "/".join(piece.template for piece in template)
        try:
            router.add_route(text, Resource())
        except UnacceptableRouteError:
            assert any(contradicts(template, earlier) for earlier in accepted)
        else:
            assert not any(contradicts(template, earlier) for earlier in accepted)
            accepted.append(template)
    for path in paths:
        matching = [template for template in accepted if match(template, path) is not None]
        found = router.find(path)
        if found is None:
            assert matching == []
            continue
        best = min(matching, key=lambda template: precedence(template, accepted))
        assert found.uri_template == "/" + "/".join(piece.template for piece in best)
        assert found.params == match(best, path)


@given(st.text(alphabet="ab.-", max_size=12))
def test_a_mixed_segment_is_cut_as_a_greedy_expression_cuts_it(text: str) -> None:
    router = Router()
    router.add_route("/a{x}-{y}.-{z}b", Resource())
    expected = re.fullmatch(r"a(?P<x>.+)-(?P<y>.+)\.-(?P<z>.+)b", text)
    found = router.find(f"/{text}")
    assert (found and found.params) == (expected and expected.groupdict())
