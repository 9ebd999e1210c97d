"""The segments of a template, bound to the converters that its fields name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from anyws.errors.usage import UnacceptableRouteError
from anyws.routing.converters import ConverterClass
from anyws.routing.fields import BoundField, bind_field
from anyws.routing.mixed import MixedSegment
from anyws.routing.template import Field, Segment, refusal

BoundSegment: TypeAlias = str | BoundField | MixedSegment


def bind_segments(
    template: str, segments: Sequence[Segment], converters: Mapping[str, ConverterClass]
) -> list[BoundSegment]:
    """Make the converters of a parsed template.

    Raises `UnacceptableRouteError` for a field that can't be bound, and for one that takes the
    rest of the path anywhere but in a last segment of its own.
    """
    bound = [_bind_segment(template, segment, converters) for segment in segments]
    for segment in bound[:-1]:
        if isinstance(segment, BoundField) and segment.takes_rest:
            raise _misplaced(template, segment)
    return bound


def _bind_segment(
    template: str, segment: Segment, converters: Mapping[str, ConverterClass]
) -> BoundSegment:
    match segment:
        case (str() as text,):
            return text
        case (Field() as field,):
            return bind_field(template, field, converters)
        case _:
            return _bind_mixed(template, segment, converters)


def _bind_mixed(
    template: str, segment: Segment, converters: Mapping[str, ConverterClass]
) -> MixedSegment:
    texts = [part for part in segment if isinstance(part, str)]
    prefix = texts.pop(0) if isinstance(segment[0], str) else ""
    suffix = texts.pop() if isinstance(segment[-1], str) else ""
    fields = [
        bind_field(template, part, converters) for part in segment if isinstance(part, Field)
    ]
    for bound in fields:
        if bound.takes_rest:
            raise _misplaced(template, bound)
    return MixedSegment(prefix, tuple(texts), suffix, tuple(fields))


def _misplaced(template: str, bound: BoundField) -> UnacceptableRouteError:
    return refusal(
        template,
        f"the field '{bound.field}' takes all that is left of the path, but something stands"
        f" beside or behind it; let the template end with '/{bound.field}'",
    )
