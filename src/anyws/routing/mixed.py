"""Mixed segments: fields with text around and between them, and many of them at one place."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Generic, NamedTuple, TypeVar

from anyws.routing.fields import BoundField, check_agreement

T = TypeVar("T")


class MixedSegment(NamedTuple):
    """Fields with text around and between them, such as `v{major:int}.{minor:int}`.

    The text alone decides where a field ends: each piece between two fields is taken at its
    rightmost place, so that `{name}.{extension}` cuts `a.tar.gz` before `gz`. Fields are never
    empty. Looking from the right, piece by piece, finds that one cut and never goes back, which
    a regular expression can't promise.
    """

    prefix: str
    separators: tuple[str, ...]
    suffix: str
    fields: tuple[BoundField, ...]

    def match(self, text: str) -> dict[str, object] | None:
        """Give the values of the fields by name, or None.

        `text` begins with `prefix`, ends with `suffix` and holds something between them.
        """
        pieces = self._cut(text)
        if pieces is None:
            return None
        values: dict[str, object] = {}
        for bound, piece in zip(self.fields, pieces, strict=True):
            value = bound.convert(piece)
            if value is None:
                return None
            values[bound.field.name] = value
        return values

    def _cut(self, text: str) -> list[str] | None:
        start = len(self.prefix)
        stop = len(text) - len(self.suffix)
        pieces: list[str] = []
        for separator in reversed(self.separators):
            place = text.rfind(separator, start + 1, stop - 1)
            if place < 0:
                return None
            pieces.append(text[place + len(separator) : stop])
            stop = place
        pieces.append(text[start:stop])
        pieces.reverse()
        return pieces


class _MixedBranch(NamedTuple, Generic[T]):
    """A mixed segment, what lies behind it, and the template that brought it."""

    segment: MixedSegment
    uri_template: str
    target: T


class MixedBranches(Generic[T]):
    """The mixed segments at one place, found by the text at their two edges.

    However many there are, a text is looked up once for each pair of lengths that their edges
    have. The longest edges come first, of equal ones those with more in front of the first field,
    then the longest text between the fields, then what was added first.
    """

    __slots__ = ("_by_lengths",)

    def __init__(self) -> None:
        self._by_lengths: dict[tuple[int, int], dict[tuple[str, str], list[_MixedBranch[T]]]] = {}

    def candidates(self, text: str) -> Iterator[tuple[MixedSegment, T]]:
        """Give the segments whose edges fit around at least one character of `text`."""
        for (before, after), by_edges in self._by_lengths.items():
            stop = len(text) - after
            if before < stop:
                for branch in by_edges.get((text[:before], text[stop:]), ()):
                    yield branch.segment, branch.target

    def get_or_add(self, segment: MixedSegment, uri_template: str, make: Callable[[], T]) -> T:
        """Give what lies behind `segment`, made now if the segment is new.

        Raises `UnacceptableRouteError` where a segment of the same shape has other fields.
        """
        branches = self._with_edges_of(segment)
        for earlier in branches:
            if earlier.segment.separators == segment.separators:
                fields = zip(segment.fields, earlier.segment.fields, strict=True)
                for field, earlier_field in fields:
                    check_agreement(uri_template, field, earlier.uri_template, earlier_field)
                return earlier.target
        branch = _MixedBranch(segment, uri_template, make())
        branches.append(branch)
        branches.sort(key=lambda branch: -len("".join(branch.segment.separators)))
        return branch.target

    def _with_edges_of(self, segment: MixedSegment) -> list[_MixedBranch[T]]:
        lengths = len(segment.prefix), len(segment.suffix)
        if lengths not in self._by_lengths:
            self._by_lengths[lengths] = {}
            longest_first = sorted(self._by_lengths, key=lambda edges: (-sum(edges), -edges[0]))
            self._by_lengths = {edges: self._by_lengths[edges] for edges in longest_first}
        return self._by_lengths[lengths].setdefault((segment.prefix, segment.suffix), [])
