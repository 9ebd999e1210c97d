"""The tree of routes: a node for each place in a path, its ways on in order of precedence."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from anyws.routing.binding import BoundSegment
from anyws.routing.fields import BoundField, check_agreement
from anyws.routing.mixed import MixedBranches, MixedSegment
from anyws.routing.responders import Responder


class Route(NamedTuple):
    """What was added under one template."""

    resource: object
    method_map: dict[str, Responder]
    uri_template: str


class Node:
    """A place in a path, and what can follow there.

    Literal text is tried first, then mixed segments, then the simple field, then the field that
    takes the rest of the path; a way that leads nowhere is given up for the next one. A lookup
    visits a node at most once, so that the tree bounds its cost, whatever the path.
    """

    __slots__ = ("_literals", "_mixed", "_rest", "_route", "_simple")

    def __init__(self) -> None:
        self._route: Route | None = None
        self._literals: dict[str, Node] = {}
        self._mixed: MixedBranches[Node] | None = None
        self._simple: _FieldBranch | None = None
        self._rest: _FieldBranch | None = None

    def add(self, segments: Iterable[BoundSegment], route: Route) -> None:
        """Put a route at the end of `segments`, in place of one that is there.

        Raises `UnacceptableRouteError`, and leaves all routes as they were, where the fields
        contradict those of a template added earlier.
        """
        node = self
        for segment in segments:
            node = node._get_or_add(segment, route.uri_template)
        node._route = route

    def find(self, texts: list[str], index: int, params: dict[str, object]) -> Route | None:
        """Find the route for what stands from `index` on, and put its fields into `params`."""
        if index == len(texts):
            return self._route
        text = texts[index]
        literal = self._literals.get(text)
        if literal is not None:
            route = literal.find(texts, index + 1, params)
            if route is not None:
                return route
        if self._mixed is not None:
            route = self._find_mixed(self._mixed, texts, index, params)
            if route is not None:
                return route
        simple = self._simple
        if simple is not None and text:
            value = simple.convert(text)
            if value is not None:
                params[simple.name] = value
                route = simple.node.find(texts, index + 1, params)
                if route is not None:
                    return route
                del params[simple.name]
        rest = self._rest
        if rest is not None:
            value = rest.convert("/".join(texts[index:]))
            if value is not None:
                params[rest.name] = value
                return rest.node._route
        return None

    def _find_mixed(
        self,
        mixed: MixedBranches[Node],
        texts: list[str],
        index: int,
        params: dict[str, object],
    ) -> Route | None:
        for segment, node in mixed.candidates(texts[index]):
            values = segment.match(texts[index])
            if values is None:
                continue
            params.update(values)
            route = node.find(texts, index + 1, params)
            if route is not None:
                return route
            for name in values:
                del params[name]
        return None

    def _get_or_add(self, segment: BoundSegment, uri_template: str) -> Node:
        """Give the node behind a segment, made now if there is none."""
        match segment:
            case str():
                if segment not in self._literals:
                    self._literals[segment] = Node()
                return self._literals[segment]
            case MixedSegment():
                if self._mixed is None:
                    self._mixed = MixedBranches()
                return self._mixed.get_or_add(segment, uri_template, Node)
            case BoundField(takes_rest=True):
                self._rest = _agreed(self._rest, segment, uri_template)
                return self._rest.node
            case BoundField():
                self._simple = _agreed(self._simple, segment, uri_template)
                return self._simple.node


class _FieldBranch:
    """The way on through a field that is a whole segment, or the rest of the path."""

    __slots__ = ("bound", "convert", "name", "node", "uri_template")

    def __init__(self, bound: BoundField, uri_template: str) -> None:
        self.bound = bound
        self.uri_template = uri_template
        self.name = bound.field.name
        self.convert = bound.convert
        self.node = Node()


def _agreed(earlier: _FieldBranch | None, bound: BoundField, uri_template: str) -> _FieldBranch:
    """Give the branch that stands there already, if it is the same, or a new one."""
    if earlier is None:
        return _FieldBranch(bound, uri_template)
    check_agreement(uri_template, bound, earlier.uri_template, earlier.bound)
    return earlier
