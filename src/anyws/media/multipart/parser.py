"""From the bytes of a form to what they say: the multipart package, as anyws wants it.

Nothing here waits for anything.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol, TypeAlias, cast

import multipart  # type: ignore[import-untyped]  # has no types

from anyws.errors import HTTPContentTooLarge, MultipartParseError

if TYPE_CHECKING:
    from collections import deque
    from collections.abc import Callable, Iterator

    from anyws.media.multipart.options import MultipartOptions

# multipart ships without types: what is used of it gets them here.
# pyright: reportUnknownMemberType=false

# RFC 2046, section 5.1.1, allows fewer characters than clients use.
_BOUNDARY: Final = re.compile(r"[ -~]{0,69}[!-~]")
# A line feed alone gets past the parser where a line of headers follows in the same chunk.
_CONTROL: Final = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
# RFC 7578, section 4.4.
_DEFAULT_TYPE: Final = "text/plain"


class PartHead(NamedTuple):
    """The beginning of a part: what its headers say."""

    name: str
    filename: str | None
    content_type: str
    headers: Mapping[str, str]


FormEvent: TypeAlias = PartHead | bytes | None
"""A part's beginning, some of its bytes, or None for its end."""


class _Segment(Protocol):
    """What the multipart package gives for the headers of a part."""

    headerlist: list[tuple[str, str]]
    name: str | None
    filename: str | None


class _PushParser(Protocol):
    """What is used of the parser of the multipart package."""

    def parse(self, chunk: bytes) -> Iterable[_Segment | bytes | None]: ...


def boundary_of(content_type: str) -> str:
    """Give the boundary that a Content-Type names; `MultipartParseError` where it has none."""
    boundary = parameters_of(content_type).get("boundary", "")
    if _BOUNDARY.fullmatch(boundary) is None:
        raise MultipartParseError(
            description="The Content-Type must have a boundary of 1 to 70 characters of ASCII."
        )
    return boundary


def parameters_of(content_type: str) -> dict[str, str]:
    """Give the parameters of a Content-Type, by their names in lower case."""
    parse = cast("Callable[[str], tuple[str, dict[str, str]]]", multipart.parse_options_header)
    return parse(content_type)[1]


class FormParser:
    """Parses the body of a form in whatever pieces it comes."""

    __slots__ = ("_headers_size", "_parser", "_preamble")

    def __init__(self, boundary: str, options: MultipartOptions) -> None:
        parts = options.max_body_part_count
        self._headers_size = options.max_body_part_headers_size
        parser = multipart.PushMultipartParser(
            boundary,
            max_header_size=self._headers_size,
            max_segment_count=math.inf if parts is None else parts,
        )
        self._parser = cast("_PushParser", parser)
        self._preamble: _Preamble | None = _Preamble(boundary)

    def feed(self, chunk: bytes, events: deque[FormEvent]) -> None:
        """Append what a chunk completes to the events; `b''` says that no other one comes.

        Raises `MultipartParseError` for what is no form, and `HTTPContentTooLarge` beyond a limit;
        what came before the mistake is among the events. Nothing can be fed afterwards.
        """
        if self._preamble is not None and chunk:
            chunk = self._preamble.skip(chunk)
            if not chunk:
                return
            self._preamble = None
        try:
            events.extend(self._parse(chunk))
        except multipart.ParserLimitReached as error:
            raise HTTPContentTooLarge(
                description=f"The form has too much: {error.args[0]}."
            ) from error
        except multipart.MultipartError as error:
            raise _malformed(error.args[0]) from error

    def _parse(self, chunk: bytes) -> Iterator[FormEvent]:
        for event in self._parser.parse(chunk):
            if event is None or isinstance(event, bytes):
                yield event
            else:
                yield self._head(event)

    def _head(self, segment: _Segment) -> PartHead:
        headers: dict[str, str] = {}
        size = 0
        for name, value in segment.headerlist:
            size += len(f"{name}: {value}\r\n".encode())
            key = name.lower()
            headers[key] = f"{headers[key]}, {value}" if key in headers else value
        if size > self._headers_size:
            raise HTTPContentTooLarge(
                description=f"The headers of a part must not exceed {self._headers_size} bytes."
            )
        if any(_CONTROL.search(value) for value in headers.values()):
            raise _malformed("there is a control character in a header")
        content_type = headers.get("content-type", _DEFAULT_TYPE)
        return PartHead(segment.name or "", segment.filename, content_type, headers)


class _Preamble:
    """What stands in front of the first delimiter, and is dropped: RFC 2046, section 5.1.1.

    The package drops it as well, and forgets by the next chunk that a delimiter does not begin in
    the middle of a line.
    """

    __slots__ = ("_delimiter", "_seen")

    def __init__(self, boundary: str) -> None:
        self._delimiter = f"--{boundary}".encode("ascii")
        # The body begins where a line does.
        self._seen = b"\r\n"

    def skip(self, chunk: bytes) -> bytes:
        """Give what is known of the form from its first delimiter on; `b''` while it is to come."""
        seen = self._seen + chunk
        start = seen.find(self._delimiter)
        if start == -1:
            # Most of a delimiter, and the end of the line before it.
            self._seen = seen[-len(self._delimiter) - 1 :]
            return b""
        if seen[start - 2 : start] != b"\r\n":
            raise _malformed("there is something in front of the first delimiter on its line")
        return seen[start:]


def _malformed(what: str) -> MultipartParseError:
    return MultipartParseError(description=f"The form is malformed: {what}.")
