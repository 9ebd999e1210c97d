"""Decoding into a type that the caller names, with a decoder kept for each."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Generic, Protocol, TypeVar, cast

import msgspec

from anyws.errors import MediaValidationError

T = TypeVar("T")
Encoded = TypeVar("Encoded")
Encoded_contra = TypeVar("Encoded_contra", contravariant=True)


class Decoder(Protocol[Encoded_contra]):
    """What msgspec makes for a type."""

    def decode(self, encoded: Encoded_contra, /) -> object: ...


class TypedDecoder(Generic[Encoded]):
    """Decodes one format into any type: a Struct, dataclass, TypedDict, union, and so on.

    The decoders of the last 256 types are kept; those of types that cannot be hashed are not.
    """

    def __init__(self, make: Callable[[type[object]], Decoder[Encoded]]) -> None:
        self._make = make
        self._kept = lru_cache(maxsize=256)(make)

    def decode(self, encoded: Encoded, type: type[T]) -> T:
        """Return the object; what does not fit the type raises `MediaValidationError`.

        Of what is malformed as well, the first fault counts. Other errors are msgspec's own; for
        a type that it does not know, a TypeError.
        """
        decoder = self._decoder(type)
        try:
            decoded = decoder.decode(encoded)
        except msgspec.ValidationError as error:
            raise MediaValidationError(description=str(error)) from error
        return cast("T", decoded)

    def _decoder(self, type: type[object]) -> Decoder[Encoded]:
        try:
            return self._kept(type)  # type: ignore[arg-type]  # mypy denies type its hash
        except TypeError:
            # It cannot be hashed, or msgspec does not know it and says so once more.
            return self._make(type)


def convert(media: object, type: type[T]) -> T:
    """Return an object of another library's as one of a type, as `TypedDecoder.decode` does."""
    try:
        return msgspec.convert(media, type)
    except msgspec.ValidationError as error:
        raise MediaValidationError(description=str(error)) from error
