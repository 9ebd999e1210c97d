"""The JSON codec against the standard library's, on objects and texts that nobody thought of."""

from __future__ import annotations

import json
from math import isfinite

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from anyws.media.json import decode, encode

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
KEYS = TEXT | st.integers() | st.booleans() | st.none()
FINITE = st.floats(allow_nan=False, allow_infinity=False)
LEAVES = st.none() | st.booleans() | st.integers() | FINITE | TEXT
ANY_LEAVES = LEAVES | st.floats() | st.binary()


def media(leaves: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    return st.recursive(
        leaves, lambda inner: st.lists(inner) | st.dictionaries(KEYS, inner), max_leaves=20
    )


ALPHABET = st.sampled_from(
    [*'{}[]":,\\/ \t\n0123456789-+.eEutrfalsn', "null", "\\ud83d", "NaN", "ü"]
)


@settings(deadline=None)
@given(media(LEAVES))
def test_what_is_encoded_reads_as_what_the_standard_library_writes(thing: object) -> None:
    assert json.loads(encode(thing)) == json.loads(json.dumps(thing))


@settings(deadline=None)
@given(media(LEAVES), st.booleans())
def test_what_the_standard_library_writes_is_read_alike(thing: object, ascii_only: bool) -> None:
    text = json.dumps(thing, ensure_ascii=ascii_only)
    assert repr(decode(text)) == repr(json.loads(text))
    assert decode(text.encode()) == decode(text)


@settings(deadline=None)
@given(media(ANY_LEAVES))
@example([None, b"\xcb\x7f\xf8\x00", 2**70])
def test_exactly_the_objects_with_a_number_that_is_not_finite_are_refused(thing: object) -> None:
    if all_finite(thing):
        encode(thing)
    else:
        with pytest.raises(ValueError, match="JSON"):
            encode(thing)


def all_finite(thing: object) -> bool:
    if isinstance(thing, dict):
        return all(map(all_finite, thing.values()))
    if isinstance(thing, list):
        return all(map(all_finite, thing))
    return not isinstance(thing, float) or isfinite(thing)


@settings(deadline=None, max_examples=500)
@given(st.lists(ALPHABET, max_size=12).map("".join))
def test_no_text_is_read_otherwise_than_by_the_standard_library(text: str) -> None:
    try:
        ours = decode(text)
    except json.JSONDecodeError:
        return
    assert repr(ours) == repr(json.loads(text))


@settings(deadline=None)
@given(st.binary(max_size=20))
def test_any_bytes_are_json_or_a_decode_error(data: bytes) -> None:
    try:
        decode(data)
    except json.JSONDecodeError as error:
        assert 0 <= error.pos <= len(error.doc)
