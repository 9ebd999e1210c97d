"""Sinks: functions that answer for every path that a regular expression matches."""

from __future__ import annotations

import inspect
import re
from collections.abc import Awaitable, Callable, Iterable, Iterator
from typing import NamedTuple, TypeAlias, cast

from anyws._callables import accepts, is_coroutine_function, parameters

Sink: TypeAlias = Callable[..., Awaitable[object]]

_OWN_ARGUMENTS = ("req", "resp", "ws")


class SinkMatch(NamedTuple):
    """A sink, and the keyword arguments that the path gives it."""

    sink: Sink
    params: dict[str, str | None]
    """The named groups of the prefix; None for a group that took no part in the match."""


class _Entry(NamedTuple):
    pattern: re.Pattern[str]
    sink: Sink


class SinkTable:
    """The sinks of an application, asked newest first."""

    def __init__(self) -> None:
        self._entries: list[_Entry] = []
        self._websocket_entries: list[_Entry] = []

    def add(self, sink: Sink, prefix: str | re.Pattern[str] = "/") -> None:
        """Add a sink for the paths that begin with what `prefix` describes.

        `prefix` is a regular expression that begins with '/', or a compiled one, which may begin
        with anything. It is matched at the start of the path: `/a` covers `/ab` as well.

        Raises `TypeError` for a sink that is no coroutine function or does not take what it is
        called with, and for a prefix of another type; `ValueError` for an expression that can't
        be used.
        """
        if not is_coroutine_function(sink):
            raise TypeError(
                f"the sink {sink!r} is no coroutine function; define it with 'async def', and pass"
                " it as the first argument"
            )
        entry = _Entry(_compile(prefix), sink)
        _check_parameters(entry)
        self._entries.insert(0, entry)
        if _takes_ws(sink):
            self._websocket_entries.insert(0, entry)

    def __iter__(self) -> Iterator[tuple[re.Pattern[str], Sink, bool]]:
        """Give the sinks, the newest first: prefix, function, and whether it takes WebSockets."""
        for entry in self._entries:
            yield entry.pattern, entry.sink, _takes_ws(entry.sink)

    def find(self, path: str) -> SinkMatch | None:
        """Give the newest sink whose prefix matches, or None."""
        return _first(self._entries, path)

    def find_websocket(self, path: str) -> SinkMatch | None:
        """Give the newest sink whose prefix matches and that has a parameter `ws`, or None."""
        return _first(self._websocket_entries, path)


def _first(entries: Iterable[_Entry], path: str) -> SinkMatch | None:
    for pattern, sink in entries:
        found = pattern.match(path)
        if found is not None:
            return SinkMatch(sink, found.groupdict())
    return None


def _compile(prefix: object) -> re.Pattern[str]:
    if isinstance(prefix, str):
        if not prefix.startswith("/"):
            raise ValueError(
                f"the sink prefix {prefix!r} does not begin with '/'; put one in front, or pass"
                " a compiled pattern if the slash comes out of a group"
            )
        try:
            pattern = re.compile(prefix)
        except re.error as error:
            raise ValueError(
                f"the sink prefix {prefix!r} is no regular expression: {error};"
                " mend it, or pass re.escape(prefix) for plain text"
            ) from error
    elif isinstance(prefix, re.Pattern):
        # What a pattern was compiled from is known to it alone, not to its type.
        pattern = cast("re.Pattern[str]", prefix)
        if not isinstance(cast("object", pattern.pattern), str):
            raise TypeError(f"the sink prefix {prefix!r} was compiled from bytes; compile a str")
    else:
        raise TypeError(f"the sink prefix is {prefix!r}; pass a str or a compiled pattern")
    for name in _OWN_ARGUMENTS:
        if name in pattern.groupindex:
            raise ValueError(
                f"the sink prefix {pattern.pattern!r} has a group named {name!r}, an argument"
                " that every sink is called with; give the group another name"
            )
    return pattern


def _check_parameters(entry: _Entry) -> None:
    groups = dict.fromkeys(entry.pattern.groupindex)
    called_with = {**groups, "ws": None} if _takes_ws(entry.sink) else groups
    if accepts(entry.sink, "req", "resp", **called_with):
        return
    expected = ", ".join(("req", "resp", *(f"{name}=…" for name in groups)))
    raise TypeError(
        f"the sink {entry.sink!r} takes {parameters(entry.sink)}, and is called with ({expected}):"
        " the request, the response, and the named groups of its prefix; for a WebSocket with"
        " ws=… besides, if it takes that"
    )


def _takes_ws(sink: Sink) -> bool:
    parameter = inspect.signature(sink).parameters.get("ws")
    return parameter is not None and parameter.kind in (
        inspect.Parameter.POSITIONAL_OR_KEYWORD,
        inspect.Parameter.KEYWORD_ONLY,
    )
