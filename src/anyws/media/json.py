"""The JSON codec that HTTP and WebSocket handlers share: msgspec, held to RFC 8259."""

from __future__ import annotations

import json
import re
from typing import Final, TypeVar

import msgspec

from anyws.media.json_errors import diagnosis
from anyws.media.non_finite import holds_non_finite_number
from anyws.media.typed import TypedDecoder
from anyws.media.unawaited import refuse_unawaited

T = TypeVar("T")

_encode: Final = msgspec.json.Encoder().encode
_decode: Final = msgspec.json.Decoder().decode
_typed: Final[TypedDecoder[str | bytes]] = TypedDecoder(msgspec.json.Decoder)
_null_in: Final = re.compile(rb"null").search


def encode(media: object) -> bytes:
    """Return an object as compact JSON in UTF-8.

    Datetimes, UUIDs, dataclasses and Structs are written as msgspec writes them. What it cannot
    write, such as the keys None and True or a subclass of str, is left to `json.dumps`.

    NaN and the infinities are a ValueError (as keys they are text, and pass); so is nesting that
    is too deep or goes in a circle, and a lone surrogate, a UnicodeEncodeError. A type that
    neither can write is a TypeError.
    """
    try:
        encoded = _encode(media)
    except TypeError:
        return _encode_with_the_standard_library(media)
    except RecursionError as error:
        raise _endless(error) from error
    # msgspec writes a number that JSON has no word for as null, and None as well.
    if _null_in(encoded) is not None:
        _refuse_non_finite_numbers(media)
    return encoded


def decode(text: str | bytes) -> object:
    """Return the object that a JSON text stands for; bytes are UTF-8.

    What RFC 8259 does not allow is a `json.JSONDecodeError`, and so are numbers beyond the range
    of a double, lone surrogates, bytes that are not UTF-8, and nesting that is too deep. The last
    of equal names counts.
    """
    try:
        return _decode(text)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise diagnosis(text, error) from error


def decode_as(text: str | bytes, type: type[T]) -> T:
    """Return a JSON text as an object of a type: a Struct, dataclass, TypedDict, union, and so on.

    What does not fit is a `MediaValidationError`, what is malformed a `json.JSONDecodeError`;
    where a text is both, the first fault counts. A type that msgspec does not know is a TypeError.
    """
    try:
        return _typed.decode(text, type)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise diagnosis(text, error) from error


def _encode_with_the_standard_library(media: object) -> bytes:
    try:
        text = json.dumps(
            media,
            ensure_ascii=False,
            allow_nan=False,
            separators=(",", ":"),
            default=_to_builtins,
        )
    except RecursionError as error:
        raise _endless(error) from error
    return text.encode()


def _to_builtins(value: object) -> object:
    refuse_unawaited(value)
    try:
        return msgspec.to_builtins(value)
    except TypeError as error:
        raise TypeError(
            f"JSON has no form for {value!r}: make it a dict, or another type that JSON has, or "
            "give the media handler a dumps= of your own"
        ) from error


def _refuse_non_finite_numbers(media: object) -> None:
    try:
        found = holds_non_finite_number(media)
    except RecursionError as error:
        raise _endless(error) from error
    if found:
        raise ValueError("JSON has no NaN and no infinity: replace them, by None for example")


def _endless(error: RecursionError) -> ValueError:
    return ValueError(f"the object is nested too deeply for JSON, or refers to itself: {error}")
