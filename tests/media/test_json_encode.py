"""JSON out: what is written, by whom, and what is refused."""

from __future__ import annotations

import enum
from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC, date, datetime
from math import inf, nan
from typing import NamedTuple
from uuid import UUID

import msgspec
import pytest

from anyws.media.json import encode


class Point(msgspec.Struct):
    x: object
    y: object = None


@dataclass
class Pair:
    left: object
    right: object


class Row(NamedTuple):
    a: object
    b: object


class Text(str):
    __slots__ = ()


class Whole(int):
    pass


class Real(float):
    pass


class Colour(enum.Enum):
    RED = "red"


class Level(enum.Enum):
    UNKNOWN = nan


@pytest.mark.parametrize(
    ("media", "expected"),
    [
        (None, "null"),
        (False, "false"),
        (0, "0"),
        (-0.0, "-0.0"),
        ("", '""'),
        ([], "[]"),
        ({}, "{}"),
        ({"a": [1, 2.5, None]}, '{"a":[1,2.5,null]}'),
        ("ünï☃😀", '"ünï☃😀"'),
        ('"\\\x00\n', '"\\"\\\\\\u0000\\n"'),
        (2**70, str(2**70)),
        ([2**70, None], f"[{2**70},null]"),
        ({1: "a", "b": 2}, '{"1":"a","b":2}'),
        (OrderedDict(b=1, a=2), '{"b":1,"a":2}'),
        (Row(1, None), "[1,null]"),
        (datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), '"2026-01-02T03:04:05Z"'),
        (date(2026, 1, 2), '"2026-01-02"'),
        (UUID(int=1), '"00000000-0000-0000-0000-000000000001"'),
        (Pair(1, Pair("a", None)), '{"left":1,"right":{"left":"a","right":null}}'),
        (Point(1), '{"x":1,"y":null}'),
        (Colour.RED, '"red"'),
    ],
)
def test_better_datetimes_uuids_dataclasses_and_structs_encode_compactly(
    media: object, expected: str
) -> None:
    assert encode(media) == expected.encode()


@pytest.mark.parametrize(
    ("media", "expected"),
    [
        ({None: 1, True: 2}, '{"null":1,"true":2}'),
        (Text("ü"), '"ü"'),
        ([Whole(3), Real(1.5)], "[3,1.5]"),
        ({Whole(3): None}, '{"3":null}'),
        ({None: date(2026, 1, 2), "p": Point(1)}, '{"null":"2026-01-02","p":{"x":1,"y":null}}'),
        (Pair({True: 1}, None), '{"left":{"true":1},"right":null}'),
    ],
)
def test_better_what_msgspec_cannot_encode_falls_back_to_the_standard_library(
    media: object, expected: str
) -> None:
    with pytest.raises(TypeError):
        msgspec.json.encode(media)
    assert encode(media) == expected.encode()


@pytest.mark.parametrize("media", [object(), [object()], {(1, 2): 3}, {None: object()}, 1j])
def test_what_nothing_can_encode_is_a_type_error(media: object) -> None:
    with pytest.raises(TypeError):
        encode(media)


def test_an_object_that_json_has_no_form_for_is_named_with_a_remedy() -> None:
    with pytest.raises(TypeError, match=r"^JSON has no form for 1j: make it a dict, .* dumps="):
        encode({"a": [1j]})


async def give() -> int:
    return 1


def test_a_coroutine_in_the_place_of_what_it_gives_is_a_type_error_that_says_so() -> None:
    coroutine = give()
    with pytest.raises(TypeError, match=r"^<coroutine object give .* put await in front of"):
        encode({"a": [coroutine]})
    coroutine.close()


@pytest.mark.parametrize("number", [nan, inf, -inf, -nan])
@pytest.mark.parametrize(
    "wrap",
    [
        lambda x: x,
        lambda x: [None, x],
        lambda x: (1, (2, (x,))),
        lambda x: {"a": {"b": x}},
        lambda x: {1, x},
        lambda x: Point(None, x),
        lambda x: Pair([x], "null"),
        lambda x: Row("a", x),
        lambda x: [2**70, x],
        lambda x: [b"\xcb\x7f\xf0", x],
        lambda x: [msgspec.Raw(b"null"), 2**70, x],
        lambda x: {None: x},
        lambda x: {None: Point(x)},
        lambda x: Real(x),
    ],
)
def test_better_nan_and_infinity_are_refused_wherever_they_stand(
    number: float, wrap: type[object]
) -> None:
    with pytest.raises(ValueError, match=r"NaN|[Nn]ot? .*JSON"):
        encode(wrap(number))  # type: ignore[call-arg]  # a function of one argument


def test_a_member_of_an_enum_that_is_not_finite_is_refused() -> None:
    with pytest.raises(ValueError, match="no NaN"):
        encode([Level.UNKNOWN])


@pytest.mark.parametrize(
    ("media", "expected"),
    [
        ("null nan Infinity", '"null nan Infinity"'),
        ([None, 1.7976931348623157e308, 5e-324], "[null,1.7976931348623157e308,5e-324]"),
        # In MessagePack these look like NaN: data, an integer, the length of a text.
        ([None, b"\xcb\x7f\xf8\x00\x00\x00\x00\x00\x00"], '[null,"y3/4AAAAAAAA"]'),
        ([None, 0x00CB7FF800000000], "[null,57280123400880128]"),
        ([None, "\x7f😀" + "a" * 198], '[null,"\x7f😀' + "a" * 198 + '"]'),
        ([None, msgspec.Raw(b"[1]"), b"\xcb\xff\xff"], '[null,[1],"y///"]'),
        ([None, {"nan": 1, "inf": 2}], '[null,{"nan":1,"inf":2}]'),
    ],
)
def test_what_only_resembles_a_number_that_is_not_finite_is_written(
    media: object, expected: str
) -> None:
    assert encode(media) == expected.encode()


def test_a_key_that_is_a_number_becomes_text() -> None:
    assert encode({1.5: "a", nan: "b"}) == b'{"1.5":"a","nan":"b"}'


def nested(depth: int, innermost: object = 1) -> object:
    media = innermost
    for _ in range(depth):
        media = [media]
    return media


@pytest.mark.parametrize("innermost", [1, None, nan, {None: 1}], ids=repr)
def test_better_nesting_too_deep_to_encode_is_a_value_error_at_every_depth(
    innermost: object,
) -> None:
    refused = 0
    for depth in (*range(700, 1100), 200_000):
        media = nested(depth, innermost)
        try:
            encode(media)
        except ValueError:
            refused += 1
    assert refused > 0


@pytest.mark.parametrize("extra", [1, {None: 1}], ids=repr)
def test_an_object_that_contains_itself_is_a_value_error(extra: object) -> None:
    media: list[object] = [extra]
    media.append(media)
    with pytest.raises(ValueError, match=r"refers to itself|[Cc]ircular"):
        encode(media)


@pytest.mark.parametrize("media", ["\ud800", {"\udfff": 1}, {None: "\ud800"}, Text("\ud800")])
def test_a_lone_surrogate_is_not_utf_8_and_refused(media: object) -> None:
    with pytest.raises(UnicodeEncodeError):
        encode(media)
