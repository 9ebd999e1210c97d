"""What answers for paths, as far as plain text tells which ones these are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from anyws.inspection.inspector import routes_of
from anyws.inspection.sources import Source, name_of, source_of
from anyws.routing import PathConverter
from anyws.routing.template import Field, parse_template

if TYPE_CHECKING:
    from anyws.app.registry import Registry

_NO_TEXT: Final = re.compile(r"[\\.^$*+?{}\[\]|()]")


@dataclass(frozen=True, kw_only=True)
class Answerer:
    """A sink, a static route, or a route that takes the rest of the path."""

    what: str
    remedy: str
    """What to do where it hides another one."""
    answers: str | None
    """It answers for all paths that begin with this; None where that can't be told."""
    begins: str | None
    """All paths that it answers for begin with this; None where that can't be told."""
    pattern: re.Pattern[str] | None = None
    takes_ws: bool = False
    source: Source | None = None

    def hides(self, other: Answerer) -> bool:
        """Tell whether nothing is left for another one that is asked after this one."""
        if self.pattern is not None and self.pattern == other.pattern:
            return True
        if self.answers is None or other.begins is None:
            return False
        return other.begins.startswith(self.answers)


def routes_to_the_end(registry: Registry) -> Iterator[Answerer]:
    """Give the routes that take all that is left of the path, behind text alone."""
    if registry.router_options.converters.get("path") is not PathConverter:
        return  # One of the program's own may refuse some paths.
    for route in routes_of(registry):
        *texts, last = parse_template(route.uri_template)
        match last:
            case (Field(converter="path"),) if all(isinstance(part, str) for part, *_ in texts):
                before = f"{route.uri_template.rpartition('/{')[0]}/"
                yield Answerer(
                    what=f"the route {route.uri_template}",
                    remedy="narrow the template, since routes are asked first",
                    answers=before,
                    begins=before,
                    takes_ws=True,
                )
            case _:
                pass


def sinks_of(registry: Registry) -> Iterator[Answerer]:
    """Give the sinks, the newest first."""
    for pattern, sink, takes_ws in registry.sinks:
        plain = pattern.flags == re.UNICODE and _NO_TEXT.search(pattern.pattern) is None
        text = pattern.pattern if plain else None
        yield Answerer(
            what=f"the sink {name_of(sink)} for {pattern.pattern!r}",
            remedy="add the more general one first, since the newest sink counts",
            answers=text,
            begins=text,
            pattern=pattern,
            takes_ws=takes_ws,
            source=source_of(sink),
        )


def static_routes_of(registry: Registry) -> Iterator[Answerer]:
    """Give the static routes, the newest first."""
    for route in registry.static_routes:
        # With a fallback it answers for the path without the last slash as well.
        begins = route.prefix if route.fallback_filename is None else route.prefix[:-1]
        yield Answerer(
            what=f"the static route {route.prefix} to {route.directory}",
            remedy="add the more general one first, since the newest static route counts",
            answers=route.prefix,
            begins=begins,
        )
