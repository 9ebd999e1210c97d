"""JSON into types."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, TypedDict

import msgspec
import pytest

from anyws.errors import MediaValidationError
from anyws.media.json import decode_as
from anyws.media.typed import TypedDecoder


class Move(msgspec.Struct, tag="move"):
    x: int


class Stop(msgspec.Struct, tag="stop"):
    pass


@dataclass
class Point:
    x: int
    y: int = 0


class Named(TypedDict):
    name: str


class Even(msgspec.Struct):
    n: int

    def __post_init__(self) -> None:
        if self.n % 2:
            raise ValueError("n must be even")


@pytest.mark.parametrize(
    ("text", "type_", "expected"),
    [
        ('{"type":"move","x":1}', Move, Move(1)),
        ('{"x":1}', Point, Point(1)),
        ('{"name":"a"}', Named, {"name": "a"}),
        ('{"type":"stop"}', Move | Stop, Stop()),
        ("1", int | str, 1),
        ("[1,2]", tuple[int, ...], (1, 2)),
        ('"2026-01-02T03:04:05"', datetime, datetime(2026, 1, 2, 3, 4, 5)),
        ('{"a":[1]}', object, {"a": [1]}),
        ("2", Annotated[int, msgspec.Meta(ge=1, extra={"unhashable": []})], 2),
    ],
)
def test_better_text_is_validated_into_a_type(text: str, type_: type, expected: object) -> None:
    for given in (text, text.encode()):
        decoded: object = decode_as(given, type_)
        assert decoded == expected
        assert type(decoded) is type(expected)


@pytest.mark.parametrize(
    ("text", "type_", "words"),
    [
        ('{"type":"move","x":"1"}', Move, r"`int`, got `str` - at `\$\.x`"),
        ("{}", Point, "missing required field `x`"),
        ('{"type":"fly"}', Move | Stop, "fly"),
        ('{"n":1}', Even, "n must be even"),
        ("0", Annotated[int, msgspec.Meta(ge=1)], ">= 1"),
        ("1e999", float, "out of range"),
    ],
)
def test_better_what_does_not_fit_is_a_validation_error_that_says_where(
    text: str, type_: type, words: str
) -> None:
    with pytest.raises(MediaValidationError, match=words) as caught:
        decode_as(text, type_)
    assert caught.value.status_code == 400
    assert isinstance(caught.value, ValueError)


@pytest.mark.parametrize("text", ["", '{"x":', "NaN", '{"x":1}}', '{"z":NaN,"x":1}', "[" * 5000])
def test_malformed_text_is_a_decode_error_whatever_the_type(text: str) -> None:
    for type_ in (Point, object, list[object]):
        with pytest.raises((json.JSONDecodeError, MediaValidationError)):
            decode_as(text, type_)
    with pytest.raises(json.JSONDecodeError):
        decode_as(text, object)


@pytest.mark.parametrize("data", [b'{"x":"\xff"}', b"\xff"])
def test_bytes_that_are_not_utf_8_are_no_decoded_type(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"UTF-8|got `str`"):
        decode_as(data, Point)


@pytest.mark.parametrize("not_a_type", ["Point", 3, [int], list[int] | set[int]], ids=repr)
def test_what_is_no_type_is_a_type_error(not_a_type: type) -> None:
    with pytest.raises(TypeError, match=r"[Tt]ype"):
        decode_as("1", not_a_type)


def test_the_decoder_of_a_type_is_made_once() -> None:
    made: list[object] = []

    def make(type: type[object]) -> msgspec.json.Decoder[object]:
        made.append(type)
        return msgspec.json.Decoder(type)

    decoder = TypedDecoder(make)
    assert [decoder.decode("1", int), decoder.decode("2", int), decoder.decode('"a"', str)] == [
        1,
        2,
        "a",
    ]
    assert made == [int, str]
