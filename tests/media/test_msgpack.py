"""The MessagePack codec."""

from __future__ import annotations

from datetime import UTC, datetime

import msgpack  # type: ignore[import-untyped]  # has no types
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anyws.errors import MediaValidationError
from anyws.media.msgpack import decode, decode_as, encode


class Point(msgspec.Struct):
    x: int
    data: bytes = b""


LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False)
    | st.text(st.characters(exclude_categories=["Cs"]))
    | st.binary()
)


@given(
    st.recursive(LEAVES, lambda m: st.lists(m) | st.dictionaries(st.text("abc"), m), max_leaves=20)
)
def test_what_is_encoded_is_decoded_as_it_was(media: object) -> None:
    assert decode(encode(media)) == media


def test_bytes_and_text_stay_apart() -> None:
    assert encode(b"a") == b"\xc4\x01a"
    assert encode("a") == b"\xa1a"
    assert decode(b"\x92\xc4\x01a\xa1a") == [b"a", "a"]


@pytest.mark.parametrize(
    "data",
    [
        *(b"", b"\xc1", b"\x92\x01", b"\x01\x02", b"\xa1\xff", b"\xdd\xff\xff\xff\xff"),
        *(b"\x81\x01\x02", b"\x81\x90\x01", b"\x91" * 5000, b"\x91" * 5000 + b"\xc0"),
    ],
)
def test_malformed_data_is_a_value_error(data: bytes) -> None:
    with pytest.raises(ValueError):
        decode(data)


def test_trailing_data_is_the_librarys_own_error() -> None:
    with pytest.raises(msgpack.ExtraData):
        decode(b"\x01\x02")


def test_nesting_too_deep_to_encode_is_a_value_error() -> None:
    media: object = 1
    for _ in range(5000):
        media = [media]
    with pytest.raises(ValueError, match="recursion"):
        encode(media)


@pytest.mark.parametrize(
    ("media", "error"),
    [(object(), TypeError), (datetime(2026, 1, 1), TypeError), (2**64, OverflowError)],
)
def test_what_messagepack_does_not_have_is_refused(media: object, error: type[Exception]) -> None:
    with pytest.raises(error):
        encode(media)


def test_an_object_that_messagepack_has_no_form_for_is_named_with_a_remedy() -> None:
    with pytest.raises(TypeError, match=r"^MessagePack has no form for 1j: make it a dict"):
        encode({"a": [1j]})


def test_an_integer_that_is_too_large_says_how_many_bits_it_has() -> None:
    with pytest.raises(OverflowError, match="64 bits at most, not of 20001: send it as a str"):
        encode([1 << 20000])


async def give() -> int:
    return 1


def test_a_coroutine_in_the_place_of_what_it_gives_is_a_type_error_that_says_so() -> None:
    coroutine = give()
    with pytest.raises(TypeError, match=r"^<coroutine object give .* put await in front of"):
        encode({"a": [coroutine]})
    coroutine.close()


def test_better_data_is_validated_into_a_type() -> None:
    assert decode_as(encode({"x": 1, "data": b"\xff"}), Point) == Point(1, b"\xff")
    assert decode_as(b"\xd6\xff\x00\x00\x00\x01", datetime) == datetime(
        1970, 1, 1, 0, 0, 1, tzinfo=UTC
    )


def test_better_data_that_does_not_fit_is_a_validation_error() -> None:
    with pytest.raises(MediaValidationError, match=r"at `\$\.x`"):
        decode_as(encode({"x": "1"}), Point)


@pytest.mark.parametrize(
    "data", [b"", b"\xc1", b"\x81", b"\x01\x02", b"\x91" * 200_000, b"\xa1\xff"]
)
def test_malformed_data_is_a_value_error_and_no_validation_error(data: bytes) -> None:
    with pytest.raises(ValueError) as caught:
        decode_as(data, object)
    assert not isinstance(caught.value, MediaValidationError)
