"""Finds NaN and infinities in objects, without walking them in Python as a rule."""

from __future__ import annotations

import re
from collections.abc import Iterable
from math import isfinite
from typing import Final, cast

import msgspec

_pack: Final = msgspec.msgpack.Encoder().encode
_suspicious_in: Final = re.compile(rb"\xcb[\x7f\xff][\xf0-\xff]").search


def holds_non_finite_number(media: object) -> bool:
    """Tell whether an object that msgspec can write as JSON has a value that is not finite.

    To walk it in Python costs many times what writing it has cost. msgspec writes MessagePack at
    the speed of JSON, from the same objects, and there a float is the byte CB and its eight bytes
    of IEEE 754, of which NaN and the infinities begin with 7FF or FFF. Text cannot contain these
    bytes, since UTF-8 forbids them. Integers, lengths and binary data can, and then the walk
    decides. Keys are not looked at.
    """
    try:
        packed = _pack(media)
    except OverflowError:
        # An integer of more than 64 bits.
        suspicious = True
    else:
        suspicious = _suspicious_in(packed) is not None
    return suspicious and _walk_finds_one(msgspec.to_builtins(media, enc_hook=_nothing))


def _nothing(_: msgspec.Raw) -> None:
    """Stand in for JSON that is written already, the one thing that `to_builtins` refuses."""


def _walk_finds_one(media: object) -> bool:
    pending = [media]
    while pending:
        value = pending.pop()
        if isinstance(value, float) and not isfinite(value):
            return True
        if isinstance(value, dict):
            pending.extend(cast("dict[object, object]", value).values())
        elif isinstance(value, list | tuple):
            pending.extend(cast("Iterable[object]", value))
    return False
