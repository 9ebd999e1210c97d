"""JSON in: what is read, and how faults are told."""

from __future__ import annotations

import json
import sys

import pytest

from anyws.media.json import decode


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("null", None),
        (" \t\r\n1 ", 1),
        ("-0", 0),
        ("-0.0", -0.0),
        ("1E5", 100000.0),
        ('"\\ud83d\\ude00"', "😀"),
        ('{"a":1,"a":2}', {"a": 2}),
        (str(2**64), 2**64),
        ("-" + "9" * 400, -int("9" * 400)),
        ("1.7976931348623157e308", sys.float_info.max),
        ("1e-400", 0.0),
    ],
)
def test_json_is_read_as_the_standard_library_reads_it(text: str, expected: object) -> None:
    assert repr(decode(text)) == repr(expected) == repr(json.loads(text))
    assert decode(text.encode()) == expected


MALFORMED = [
    *("", " ", "{", "[1,]", '{"a"}', '{"a":1,}', "{a:1}", "'a'", "01", "1.", ".5", "+1", "0x1"),
    *("tru", "True", "1 2", "[1]]", '"abc', '"\t"', '"\x00"', '"\\x"', '"\\u12"', "\ufeff1", "//"),
]


@pytest.mark.parametrize("text", MALFORMED)
def test_better_malformed_text_is_told_as_the_standard_library_tells_it(text: str) -> None:
    with pytest.raises(json.JSONDecodeError) as theirs:
        json.loads(text)
    for given in (text, text.encode()):
        with pytest.raises(json.JSONDecodeError) as ours:
            decode(given)
        assert (ours.value.msg, ours.value.doc, ours.value.pos) == (
            theirs.value.msg,
            text,
            theirs.value.pos,
        )


@pytest.mark.parametrize("constant", ["NaN", "Infinity", "-Infinity"])
@pytest.mark.parametrize("frame", ["{}", "[1,{}]", '{{"a":{}}}'])
def test_better_nan_and_infinity_are_refused_by_name(constant: str, frame: str) -> None:
    with pytest.raises(json.JSONDecodeError, match=f"^{constant} is not JSON"):
        decode(frame.format(constant))


@pytest.mark.parametrize(
    "text",
    [
        *("1e999", "-1e999", "[1e400]", "9" * 5000),
        *('"\\ud800"', '"\\ud800x"', '"\\udc00"', '"\\ud83d\\u0041"', '"\ud800"', '{"\\ud800":1}'),
    ],
)
def test_numbers_and_surrogates_that_cannot_be_sent_back_are_refused(text: str) -> None:
    with pytest.raises(json.JSONDecodeError) as caught:
        decode(text)
    assert caught.value.doc == text


@pytest.mark.parametrize(
    ("data", "position"),
    [
        (b"\xff", 0),
        (b'"\xff"', 1),
        ('"ü'.encode() + b'\xc3"', 2),
        (b'"\xed\xa0\x80"', 1),
        (b'"\xc0\x80"', 1),
        ('{"a":1}'.encode("utf-16"), 0),
    ],
)
def test_bytes_that_are_not_utf_8_are_malformed(data: bytes, position: int) -> None:
    with pytest.raises(json.JSONDecodeError, match=r"^Not UTF-8") as caught:
        decode(data)
    assert caught.value.pos == position


@pytest.mark.parametrize("text", ["[" * 200_000, "[" * 200_000 + "]" * 200_000, '{"a":' * 200_000])
def test_better_nesting_too_deep_to_decode_is_no_recursion_error(text: str) -> None:
    with pytest.raises(json.JSONDecodeError, match=r"^Nested too deeply"):
        decode(text)


def test_better_nesting_is_a_decode_error_or_fine_at_every_depth() -> None:
    refused = 0
    for depth in (*range(700, 1100), 200_000):
        try:
            decode("[" * depth + "]" * depth)
        except json.JSONDecodeError:
            refused += 1
    assert refused > 0


def test_the_cause_is_what_the_parser_said() -> None:
    with pytest.raises(json.JSONDecodeError) as caught:
        decode("[1,]")
    assert caught.value.__cause__ is not None
