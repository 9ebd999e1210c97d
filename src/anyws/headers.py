"""Header fields: reading those of a request, checking those of a response (RFC 9110, section 5)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Protocol, TypeAlias, TypeVar, cast, overload

from anyws.errors.usage import UnsupportedScopeError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

T = TypeVar("T")

HeaderPairs: TypeAlias = Iterable[tuple[str, str]]

_TOKEN: Final = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
# RFC 9110, section 5.5: the horizontal tab is the one control character that a value may have.
_CONTROL: Final = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


class SupportsItems(Protocol):
    """A mapping, or a multi-valued mapping, of header names to values."""

    def items(self) -> HeaderPairs: ...


class Headers(Mapping[str, str]):
    """The header fields of a request: an immutable mapping whose names are in lower case.

    A field that came several times is one value, joined as RFC 9110, section 5.3, says: with
    commas, and with semicolons for cookies (RFC 6265, section 5.4). Names are looked up in any
    case. The bytes of the scope are decoded at the first look, as Latin-1, which cannot fail.
    """

    __slots__ = ("_fields", "_raw")

    def __init__(self, raw: Iterable[Iterable[bytes]] = ()) -> None:
        self._raw = raw
        self._fields: dict[str, str] | None = None

    def __getitem__(self, name: str) -> str:
        fields = self._decoded()
        try:
            return fields[name]
        except KeyError:
            return fields[name.lower()]

    @overload
    def get(self, name: str, default: None = None, /) -> str | None: ...
    @overload
    def get(self, name: str, default: str, /) -> str: ...
    @overload
    def get(self, name: str, default: T, /) -> str | T: ...
    def get(self, name: str, default: object = None, /) -> object:
        """Give a field, or the default."""
        # That of Mapping raises and catches an exception for each field that is not there.
        fields = self._decoded()
        value = fields.get(name)
        return fields.get(name.lower(), default) if value is None else value

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name.lower() in self._decoded()

    def __iter__(self) -> Iterator[str]:
        return iter(self._decoded())

    def __len__(self) -> int:
        return len(self._decoded())

    def __repr__(self) -> str:
        return f"Headers({self._decoded()!r})"

    def _decoded(self) -> dict[str, str]:
        if self._fields is None:
            self._fields = _decode(self._raw)
            self._raw = ()
        return self._fields


def read_field(raw: Iterable[Iterable[bytes]], name: str) -> str | None:
    """Give one field of a scope, by its name in lower case, and keep none of the others."""
    return _decode(raw, only=name).get(name)


def check_header(name: str, value: str) -> None:
    """Raise unless a response may carry this field.

    Raises `TypeError` where either is not a str; `ValueError` for a name that is no token, and for
    a value that has control characters, CR, LF and NUL among them (they would begin another field
    or another response), or characters beyond Latin-1.
    """
    check_name(name)
    if not _is_plain(value):
        check_text(f"the value of the header {name!r}", value)
        _check_latin1(name, value)


@lru_cache(maxsize=1024)
def is_token(text: str) -> bool:
    """Tell whether a text is a token of HTTP: RFC 9110, section 5.6.2."""
    return _TOKEN.fullmatch(text) is not None


def check_name(name: object) -> None:
    """Raise `TypeError` or `ValueError` unless this can be the name of a header field."""
    if not isinstance(name, str):
        raise TypeError(f"a header's name is a str, not {type(name).__name__}: {name!r}")
    if not is_token(name):
        raise ValueError(
            f"{name!r} cannot be the name of a header: a name is one or more ASCII letters, "
            "digits and characters of !#$%&'*+-.^_`|~"
        )


def check_text(what: str, text: object) -> None:
    """Raise `TypeError` or `ValueError` unless this is a str without control characters."""
    if not isinstance(text, str):
        raise TypeError(f"{what} is a str, not {type(text).__name__}: {text!r}")
    found = _CONTROL.search(text)
    if found is not None:
        raise ValueError(
            f"{what} has the control character {found[0]!r}, which cannot be sent: {text!r}"
        )


def encode_header(name: str, value: str) -> tuple[bytes, bytes]:
    """Encode a field that was checked before, as a server wants it: the name in lower case."""
    return _encode_name(name), value.encode("latin-1").strip()


def encode_accept_headers(headers: HeaderPairs | SupportsItems) -> list[tuple[bytes, bytes]]:
    """Encode the headers that answer a WebSocket's handshake, in the order in which they came.

    Raises `TypeError` where a name or a value is not a str; `UnicodeEncodeError` where one is not
    ASCII; `ValueError` for anything but pairs, for a name that is no token, for a value with
    control characters, and for `Sec-WebSocket-Protocol`, which is accept's own argument.
    """
    items: Callable[[], HeaderPairs] | None = getattr(headers, "items", None)
    pairs = headers if items is None else items()
    if not isinstance(pairs, Iterable):
        raise TypeError(
            f"headers must be an iterable of (name, value) pairs or have items(), not {headers!r}"
        )
    return [_encode_accept_header(*_pair(pair)) for pair in pairs]


def _encode_accept_header(name: object, value: object) -> tuple[bytes, bytes]:
    if not isinstance(name, str) or not isinstance(value, str):
        raise TypeError(f"header names and values are str, not {name!r}: {value!r}")
    # Encoded first: lower() makes ASCII of some characters that are none.
    encoded_name = name.encode("ascii").lower()
    encoded_value = value.encode("ascii").strip()
    check_name(name)
    check_text(f"the value of the header {name!r}", value)
    if encoded_name == b"sec-websocket-protocol":
        raise ValueError(
            "the header Sec-WebSocket-Protocol cannot be given among headers: "
            "pass subprotocol= instead"
        )
    return encoded_name, encoded_value


def _pair(candidate: object) -> tuple[object, object]:
    # A str of two characters unpacks as well as a pair does.
    if isinstance(candidate, (tuple, list)):
        pair = cast("Sequence[object]", candidate)
        if len(pair) == 2:
            return pair[0], pair[1]
    raise ValueError(f"headers must be (name, value) pairs, not {candidate!r}")


@lru_cache(maxsize=1024)
def _encode_name(name: str) -> bytes:
    return name.lower().encode("ascii")


def _is_plain(value: object) -> bool:
    """Tell whether a value is printable ASCII, as nearly all are: nothing in it can be wrong."""
    return isinstance(value, str) and value.isascii() and value.isprintable()


def _check_latin1(name: str, value: str) -> None:
    try:
        value.encode("latin-1")
    except UnicodeEncodeError:
        raise ValueError(
            f"the value of the header {name!r} has characters that a header cannot carry; "
            f"percent-encode it: {value!r}"
        ) from None


def _decode(raw: Iterable[Iterable[bytes]], *, only: str | None = None) -> dict[str, str]:
    try:
        return _read(raw, only)
    except (AttributeError, TypeError, ValueError) as error:
        raise UnsupportedScopeError("the headers of the scope are not pairs of bytes") from error


def _read(raw: Iterable[Iterable[bytes]], only: str | None) -> dict[str, str]:
    fields: dict[str, str] = {}
    for raw_name, raw_value in raw:
        name = raw_name.decode("latin-1").lower()
        if only is not None and name != only:
            continue
        value = raw_value.decode("latin-1")
        if name in fields:
            separator = "; " if name == "cookie" else ", "
            value = f"{fields[name]}{separator}{value}"
        fields[name] = value
    return fields
