"""The MessagePack codec: the msgpack package, and msgspec where a type is asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar, cast

import msgpack  # type: ignore[import-untyped]  # has no types
import msgspec

from anyws.media.typed import TypedDecoder
from anyws.media.unawaited import refuse_unawaited

T = TypeVar("T")

# msgpack ships without types: the two functions get theirs here.
# pyright: reportUnknownMemberType=false
_pack: Final = cast("Callable[..., bytes]", msgpack.packb)
_unpack: Final = cast("Callable[..., object]", msgpack.unpackb)
_typed: Final[TypedDecoder[bytes]] = TypedDecoder(msgspec.msgpack.Decoder)


def encode(media: object) -> bytes:
    """Return an object as MessagePack, with bytes as the bin type and str as the str type.

    A type that MessagePack does not have is a TypeError, an integer of more than 64 bits an
    OverflowError, nesting that is too deep or goes in a circle a ValueError.
    """
    return _pack(media, use_bin_type=True, default=_refuse)


def decode(data: bytes) -> object:
    """Return the object that MessagePack data stands for.

    Malformed, truncated or trailing data, nesting that is too deep, and keys of maps that are
    neither str nor bytes are ValueErrors of the msgpack package.
    """
    return _unpack(data, raw=False)


def decode_as(data: bytes, type: type[T]) -> T:
    """Return MessagePack data as an object of a type: a Struct, dataclass, TypedDict, and so on.

    What does not fit is a `MediaValidationError`, what is malformed another ValueError. Timestamps
    become datetimes. A type that msgspec does not know is a TypeError.
    """
    try:
        return _typed.decode(data, type)
    except RecursionError as error:
        raise ValueError("the MessagePack data is nested too deeply") from error


def _refuse(value: object) -> object:
    refuse_unawaited(value)
    if isinstance(value, int):
        raise OverflowError(
            f"MessagePack has integers of 64 bits at most, not of {value.bit_length()}: send it as "
            "a str"
        )
    raise TypeError(
        f"MessagePack has no form for {value!r}: make it a dict, or another type that MessagePack "
        "has"
    )
