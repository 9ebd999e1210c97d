"""Sinks and static routes that never get to answer, since something before them always does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from anyws.inspection.mistakes.answerers import (
    Answerer,
    routes_to_the_end,
    sinks_of,
    static_routes_of,
)
from anyws.inspection.mistakes.mistake import Mistake

if TYPE_CHECKING:
    from anyws.app.registry import Registry


def find_shadowed(registry: Registry) -> Iterator[Mistake]:
    """Find sinks and static routes all of whose paths are answered by something else.

    Sinks whose prefix is more than plain text are compared with equal ones alone.
    """
    routes = tuple(routes_to_the_end(registry))
    sinks = tuple(sinks_of(registry))
    statics = tuple(static_routes_of(registry))
    if registry.sink_before_static_route:
        remedy = (
            "narrow the sink, or have static routes asked first: sink_before_static_route=False"
        )
        before_sinks = routes
        before_statics = (*routes, *(replace(sink, remedy=remedy) for sink in sinks))
    else:
        remedy = "narrow the static route, since sink_before_static_route=False has it asked first"
        before_sinks = (*routes, *(replace(static, remedy=remedy) for static in statics))
        before_statics = routes
    for index, sink in enumerate(sinks):
        yield from _judge_sink(sink, (*before_sinks, *sinks[:index]))
    for index, static in enumerate(statics):
        hider = _hider_of(static, (*before_statics, *statics[:index]))
        if hider is not None:
            yield _hidden(static, hider)


def _judge_sink(sink: Answerer, earlier: Iterable[Answerer]) -> Iterator[Mistake]:
    """Find out whether a sink is hidden, for WebSockets too if it takes them."""
    asked = tuple(earlier)
    hider = _hider_of(sink, asked)
    if hider is not None and sink.takes_ws:
        hider = _hider_of(sink, (answerer for answerer in asked if answerer.takes_ws))
    if hider is not None:
        yield _hidden(sink, hider)


def _hider_of(answerer: Answerer, earlier: Iterable[Answerer]) -> Answerer | None:
    return next((other for other in earlier if other.hides(answerer)), None)


def _hidden(answerer: Answerer, hider: Answerer) -> Mistake:
    return Mistake(
        f"{answerer.what} is never asked, since {hider.what} answers for all of its paths",
        hider.remedy,
        answerer.source,
    )
