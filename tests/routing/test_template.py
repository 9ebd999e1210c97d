"""What a URI template may look like, and what its error says where it may not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anyws.errors.usage import UnacceptableRouteError
from anyws.routing.template import Field, Segment, parse_template


@pytest.mark.parametrize(
    ("template", "segments"),
    [
        ("/", [("",)]),
        ("/x", [("x",)]),
        ("/x/", [("x",), ("",)]),
        ("/users/{user_id}", [("users",), (Field("user_id"),)]),
        ("/{a}/", [(Field("a"),), ("",)]),
        ("/{_}/größe", [(Field("_"),), ("größe",)]),
        ("/{n:int}", [(Field("n", "int"),)]),
        ("/{n:int()}", [(Field("n", "int"),)]),
        ("/{n:int(2)}", [(Field("n", "int", (2,)),)]),
        ("/{n:int(2, max=-3)}", [(Field("n", "int", (2,), (("max", -3),)),)]),
        ("/{n:int(min=1,max=2)}", [(Field("n", "int", (), (("max", 2), ("min", 1))),)]),
        ("/{t:dt('%Y/%m %d')}/x", [(Field("t", "dt", ("%Y/%m %d",)),), ("x",)]),
        ("/{t:x('}', \"{')\", '\\'}')}", [(Field("t", "x", ("}", "{')", "'}")),)]),
        ("/{t:x({1: [2]}, (3,))}", [(Field("t", "x", ({1: [2]}, (3,))),)]),
        ("/{a}.{b}", [(Field("a"), ".", Field("b"))]),
        ("/v{n:int}", [("v", Field("n", "int"))]),
        ("/{n:int}px/{m}", [(Field("n", "int"), "px"), (Field("m"),)]),
        ("/{a:x('/')}-{b}", [(Field("a", "x", ("/",)), "-", Field("b"))]),
    ],
)
def test_a_template_is_read_into_text_and_fields(template: str, segments: list[Segment]) -> None:
    assert list(parse_template(template)) == segments


@pytest.mark.parametrize(
    ("template", "problem"),
    [
        ("", "does not begin with '/'; put one in front"),
        ("x", "does not begin with '/'; put one in front"),
        ("{a}", "does not begin with '/'; put one in front"),
        ("//x", "at character 2, an empty segment; write a single '/'"),
        ("/x//", "at character 4, an empty segment"),
        ("/{a}//{b}", "at character 6, an empty segment"),
        ("/a b", "at character 3, whitespace (' '); remove it"),
        ("/a\u2003", "at character 3, whitespace"),
        ("/a\n", "at character 3, whitespace"),
        ("/{", "at character 2, a '{' that is not closed; end the field with '}'"),
        ("/x/{a", "at character 4, a '{' that is not closed"),
        ("/{a:x('}", "at character 2, a '{' that is not closed"),
        ("/{a{b}", "at character 2, a '{' that is not closed"),
        ("/a}", "at character 3, a '}' that closes nothing; remove it or open"),
        ("/{}", "the field name '' can't be a keyword argument; use ASCII letters"),
        ("/{ a}", "the field name ' a' can't"),
        ("/{a b}", "the field name 'a b' can't"),
        ("/{1a}", "the field name '1a' can't"),
        ("/{a-b}", "the field name 'a-b' can't"),
        ("/{a(1)}", "the field name 'a(1)' can't"),
        ("/{ö}", "the field name 'ö' can't"),
        ("/{class}", "the field name 'class' can't"),
        ("/x{a}/{a}", "at character 7, a second field named 'a'; give each field its own name"),
        ("/{a}.{a}", "at character 6, a second field named 'a'"),
        ("/{a}{b}", "at character 5, two fields touch; put text between them"),
        ("/{a:}", "the field 'a' has the converter name ''; write '{a:converter}'"),
        ("/{a: int}", "the field 'a' has the converter name ' int'"),
        ("/{a:int(1)x}", "has text after its converter's arguments; remove it"),
    ],
)
def test_a_malformed_template_is_refused_with_its_place_and_the_remedy(
    template: str, problem: str
) -> None:
    with pytest.raises(UnacceptableRouteError) as caught:
        parse_template(template)
    message = str(caught.value)
    assert message.startswith(f"URI template {template!r}: ")
    assert problem in message


@pytest.mark.parametrize(
    "arguments",
    [
        "(x)",
        "(print(1))",
        "(__import__('os').system('true'))",
        "(*[1])",
        "(**{'min': 1})",
        "(min=1, min=2)",
        "(1)(2)",
        "(1).real(2)",
        "(1",
        "(1 if 2 else 3)",
        "(f'{1}')",
        "(1 +)",
        "(\0)",
    ],
)
def test_converter_arguments_are_literals_and_nothing_in_them_is_run(arguments: str) -> None:
    with pytest.raises(UnacceptableRouteError):
        parse_template(f"/{{n:int{arguments}}}")


def test_arguments_that_are_no_literals_are_named_in_the_error() -> None:
    with pytest.raises(UnacceptableRouteError, match=r"arguments '\(x\)'; write Python literals"):
        parse_template("/{n:int(x)}")


def spelled(segments: tuple[Segment, ...]) -> str:
    return "/" + "/".join("".join(map(str, segment)) for segment in segments)


@given(st.text(alphabet="/{}()ab:'\"\\1,= .", max_size=14).map("/".__add__))
def test_any_text_is_a_template_or_is_refused(template: str) -> None:
    try:
        segments = parse_template(template)
    except UnacceptableRouteError:
        return
    assert parse_template(spelled(segments)) == segments


@pytest.mark.parametrize(
    "template", ["/", "/x/", "/{a}.{b}", "/{n:int(2, max=3)}", "/{t:dt('%Y/%m')}/x{p:uuid}"]
)
def test_a_field_is_shown_as_a_template_spells_it(template: str) -> None:
    segments = parse_template(template)
    assert spelled(segments) == template
