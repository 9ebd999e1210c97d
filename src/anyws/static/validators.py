"""Which version of a file a client has, and what it gets: RFC 9110, section 13."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple, Self

from anyws.errors import HTTPPreconditionFailed
from anyws.http.dates import EPOCH, parse_http_date
from anyws.http.etags import ANY_TAG, ETag, parse_etags
from anyws.static.ranges import Span, resolve_range

if TYPE_CHECKING:
    import os

    from anyws.http.request import Request


class Version(NamedTuple):
    """What tells one state of a file from another."""

    etag: ETag
    last_modified: datetime
    size: int

    @classmethod
    def of(cls, stat: os.stat_result) -> Self:
        """Work out the version: the tag from the time of the last change and the size."""
        etag = ETag(f"{stat.st_mtime_ns:x}-{stat.st_size:x}")
        # HTTP dates have no fractions of a second. Built by hand: fromtimestamp() refuses what
        # lies outside the platform's own range.
        changed = EPOCH + timedelta(seconds=stat.st_mtime_ns // 10**9)
        return cls(etag, changed, stat.st_size)


class Conditions(NamedTuple):
    """What a request asks for, and on which condition."""

    if_match: list[ETag] | None = None
    if_unmodified_since: datetime | None = None
    if_none_match: list[ETag] | None = None
    if_modified_since: datetime | None = None
    requested_range: tuple[int, int] | None = None
    if_range: str | None = None
    head: bool = False

    @classmethod
    def of(cls, request: Request) -> Self:
        """Read the conditions of a GET or HEAD. A range counts for GET alone (section 14.2)."""
        head = request.method == "HEAD"
        return cls(
            _tags(request.get_header("If-Match")),
            _date(request.get_header("If-Unmodified-Since")),
            _tags(request.get_header("If-None-Match")),
            request.if_modified_since,
            None if head else request.range,
            request.get_header("If-Range"),
            head,
        )


class Answer(NamedTuple):
    """What is sent of a file."""

    not_modified: bool
    span: Span | None
    """The part that was asked for; None is all of it."""

    head: bool

    def body(self, version: Version) -> Span | None:
        """Give the bytes to send; None where only headers are sent."""
        if self.not_modified or self.head:
            return None
        return Span(0, version.size) if self.span is None else self.span


def decide(version: Version, conditions: Conditions) -> Answer:
    """Decide what a client gets of a file, in the order of section 13.2.2.

    Raises `HTTPPreconditionFailed` (412) where the client wants another version or none, and
    `HTTPRangeNotSatisfiable` (416) for a range behind the file's end.
    """
    if not _is_wanted(version, conditions):
        raise HTTPPreconditionFailed
    if _has_it(version, conditions):
        return Answer(not_modified=True, span=None, head=conditions.head)
    span = None
    if conditions.requested_range is not None and _is_same(version, conditions.if_range):
        span = resolve_range(conditions.requested_range, version.size)
    return Answer(not_modified=False, span=span, head=conditions.head)


def _is_wanted(version: Version, conditions: Conditions) -> bool:
    """Tell whether the client asks for this version; the date counts only without tags."""
    tags = conditions.if_match
    if tags is not None:
        return any(tag is ANY_TAG or tag.strong_compare(version.etag) for tag in tags)
    since = conditions.if_unmodified_since
    return since is None or version.last_modified <= since


def _has_it(version: Version, conditions: Conditions) -> bool:
    """Tell whether the client has this version; the date counts only where there are no tags."""
    tags = conditions.if_none_match
    if tags is not None:
        return any(tag is ANY_TAG or tag == version.etag for tag in tags)
    since = conditions.if_modified_since
    return since is not None and version.last_modified <= since


def _is_same(version: Version, if_range: str | None) -> bool:
    """Tell whether a part of this version fits the rest that the client has (section 13.1.5)."""
    if if_range is None:
        return True
    try:
        return ETag.loads(if_range).strong_compare(version.etag)
    except ValueError:
        pass
    return _date(if_range) == version.last_modified


def _tags(field: str | None) -> list[ETag] | None:
    """Read a list of tags; one that cannot be read has none (section 13.1.1 and 13.1.2, step 3)."""
    if field is None:
        return None
    tags = parse_etags(field)
    return [] if tags is None else tags


def _date(field: str | None) -> datetime | None:
    """Read a date; what is none is to be ignored (section 13.1.4)."""
    if field is None:
        return None
    try:
        return parse_http_date(field)
    except ValueError:
        return None
