"""The tree of routes: a node for each place in a path, its ways on in order of precedence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
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
    suffix: str | None = None


class Node:
    """A place in a path, and what can follow there.

    Literal text is tried first, then mixed segments, then the simple field, then the field that
    takes the rest of the path; a way that leads nowhere is given up for the next one. A lookup
    visits a node at most once, so that the tree bounds its cost, whatever the path.
    """

    __slots__ = ("_fields", "_literals", "_route")

    def __init__(self) -> None:
        self._route: Route | None = None
        self._literals: dict[str, Node] = {}
        self._fields: _Fields | None = None

    def add(self, segments: Iterable[BoundSegment], route: Route) -> Route | None:
        """Put a route at the end of `segments`; give the one that was there, if there was.

        Raises `UnacceptableRouteError`, and leaves all routes as they were, where the fields
        contradict those of a template added earlier.
        """
        node = self
        for segment in segments:
            node = node._get_or_add(segment, route.uri_template)
        replaced, node._route = node._route, route
        return replaced

    def find(self, texts: list[str], index: int, params: dict[str, object]) -> Route | None:
        """Find the route for what stands from `index` on, and put its fields into `params`.

        Where there is none, fields of the ways that were tried are left there.
        """
        # A way that is the last one is followed in this loop: only what may have to be given up
        # for another one is a call of its own.
        node = self
        for place in range(index, len(texts)):
            text = texts[place]
            literal = node._literals.get(text)
            fields = node._fields
            if fields is None:
                if literal is None:
                    return None
                node = literal
                continue
            if literal is not None:
                known = len(params)
                route = literal.find(texts, place + 1, params)
                if route is not None:
                    return route
                _forget(params, known)
            simple = fields.only
            if simple is None:
                return fields.find(texts, place, params)
            value = simple.convert(text) if text else None
            if value is None:
                return None
            params[simple.name] = value
            node = simple.node
        return node._route

    def _get_or_add(self, segment: BoundSegment, uri_template: str) -> Node:
        """Give the node behind a segment, made now if there is none."""
        if isinstance(segment, str):
            if segment not in self._literals:
                self._literals[segment] = Node()
            return self._literals[segment]
        if self._fields is None:
            self._fields = _Fields()
        return self._fields.get_or_add(segment, uri_template)


class _Fields:
    """The fields that can follow at one place."""

    __slots__ = ("_mixed", "_rest", "_simple", "only")

    only: _FieldBranch | None
    """The simple field, where it is all that there is."""

    def __init__(self) -> None:
        self._mixed: MixedBranches[Node] | None = None
        self._simple: _FieldBranch | None = None
        self._rest: _FieldBranch | None = None
        self.only = None

    def find(self, texts: list[str], index: int, params: dict[str, object]) -> Route | None:
        """Do as `Node.find()` where no literal leads to a route."""
        known = len(params)
        for node in self._nodes_behind(texts[index], params):
            route = node.find(texts, index + 1, params)
            if route is not None:
                return route
            _forget(params, known)
        rest = self._rest
        if rest is not None:
            value = rest.convert("/".join(texts[index:]))
            if value is not None:
                params[rest.name] = value
                return rest.node.find(texts, len(texts), params)
        return None

    def get_or_add(self, segment: MixedSegment | BoundField, uri_template: str) -> Node:
        """Give the node behind a segment, made now if there is none."""
        node = self._get_or_add(segment, uri_template)
        self.only = self._simple if self._mixed is None and self._rest is None else None
        return node

    def _nodes_behind(self, text: str, params: dict[str, object]) -> Iterator[Node]:
        """Give what lies behind each segment that matches, with its fields put into `params`."""
        if self._mixed is not None:
            for segment, node in self._mixed.candidates(text):
                values = segment.match(text)
                if values is not None:
                    params.update(values)
                    yield node
        simple = self._simple
        if simple is not None and text:
            value = simple.convert(text)
            if value is not None:
                params[simple.name] = value
                yield simple.node

    def _get_or_add(self, segment: MixedSegment | BoundField, uri_template: str) -> Node:
        match segment:
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


def _forget(params: dict[str, object], known: int) -> None:
    """Take out the fields that were put in after the first `known` ones."""
    while len(params) > known:
        params.popitem()
