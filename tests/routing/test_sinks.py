"""Which sink answers for a path."""

from __future__ import annotations

import functools
import re

import pytest

from anyws.routing import Sink, SinkMatch, SinkTable


async def plain(req: object, resp: object, **groups: object) -> None: ...


async def other(req: object, resp: object, **groups: object) -> None: ...


async def with_ws(req: object, resp: object, ws: object = None, **groups: object) -> None: ...


async def with_ws_keyword(req: object, resp: object, *, ws: object = None) -> None: ...


async def with_ws_first(req: object, ws: object, /, **groups: object) -> None: ...


async def with_ws_collected(req: object, resp: object, **ws: object) -> None: ...


class Sinks:
    async def serve(self, req: object, resp: object, ws: object = None) -> None: ...

    async def __call__(self, req: object, resp: object) -> None: ...


def test_a_prefix_is_matched_at_the_start_and_its_named_groups_are_parameters() -> None:
    table = SinkTable()
    table.add(plain, r"/items/(?P<name>\w+)(?:/(?P<part>\d+))?(/x)?")
    assert table.find("/items/a/7/and/more") == SinkMatch(plain, {"name": "a", "part": "7"})
    assert table.find("/items/a") == (plain, {"name": "a", "part": None})
    assert table.find("/v1/items/a") is None
    assert table.find("/items/") is None


def test_the_default_prefix_covers_every_path() -> None:
    table = SinkTable()
    assert table.find("/x") is None
    table.add(plain)
    assert table.find("/x/y") == (plain, {})


def test_the_newest_sink_that_matches_is_found() -> None:
    table = SinkTable()
    table.add(plain, "/a")
    table.add(other, "/a/b")
    table.add(plain, "/c")
    assert table.find("/a/b") == (other, {})
    assert table.find("/a/c") == (plain, {})
    table.add(plain, "/a")
    assert table.find("/a/b") == (plain, {})


def test_a_compiled_pattern_is_used_as_it_is() -> None:
    table = SinkTable()
    table.add(plain, re.compile(r"(?P<kind>/a|/b)", re.IGNORECASE))
    assert table.find("/B/x") == (plain, {"kind": "/B"})


@pytest.mark.parametrize(
    "sink", [with_ws, with_ws_keyword, Sinks().serve, functools.partial(with_ws, ws=None)]
)
def test_a_sink_with_a_parameter_ws_serves_websockets_and_requests(sink: object) -> None:
    assert callable(sink)
    table = SinkTable()
    table.add(sink, "/a")
    assert table.find_websocket("/a/b") == (sink, {})
    assert table.find("/a/b") == (sink, {})


@pytest.mark.parametrize("sink", [plain, with_ws_first, with_ws_collected, Sinks()])
def test_a_sink_that_takes_no_ws_by_name_serves_no_websockets(sink: object) -> None:
    assert callable(sink)
    table = SinkTable()
    table.add(sink, "/a")
    assert table.find_websocket("/a/b") is None
    assert table.find("/a/b") == (sink, {})


def test_the_newest_sink_for_websockets_is_found_behind_newer_ones_for_requests() -> None:
    table = SinkTable()
    table.add(with_ws, "/a/(?P<rest>.*)")
    table.add(with_ws_keyword, "/a/b")
    table.add(plain, "/")
    assert table.find_websocket("/a/b") == (with_ws_keyword, {})
    assert table.find_websocket("/a/c") == (with_ws, {"rest": "c"})
    assert table.find("/a/c") == (plain, {})
    assert table.find_websocket("/c") is None


def plain_function(req: object, resp: object) -> None: ...


@pytest.mark.parametrize("sink", [plain_function, Sinks, "text", None])
def test_a_sink_that_is_no_coroutine_function_is_a_type_error(sink: object) -> None:
    table = SinkTable()
    with pytest.raises(TypeError, match=r"the sink .* is no coroutine function; .* 'async def'"):
        table.add(sink, "/")  # type: ignore[arg-type]  # the mistake under test
    assert table.find("/") is None


async def take_request_alone(req: object) -> None: ...


async def take_a_part(req: object, resp: object, part: object) -> None: ...


async def take_ws_alone(req: object, resp: object, ws: object) -> None: ...


@pytest.mark.parametrize(
    ("sink", "prefix", "taken", "called_with"),
    [
        (take_request_alone, "/", "(req)", "(req, resp)"),
        (take_a_part, "/", "(req, resp, part)", "(req, resp)"),
        (take_a_part, "/(?P<name>.*)", "(req, resp, part)", "(req, resp, name=…)"),
        (take_ws_alone, "/(?P<name>.*)", "(req, resp, ws)", "(req, resp, name=…)"),
    ],
)
def test_a_sink_that_does_not_take_what_it_is_called_with_is_a_type_error(
    sink: Sink, prefix: str, taken: str, called_with: str
) -> None:
    table = SinkTable()
    with pytest.raises(TypeError, match=r"^the sink <function take_") as caught:
        table.add(sink, prefix)
    assert f"takes {taken}, and is called with {called_with}: " in str(caught.value)
    assert table.find("/") is None


def test_a_sink_may_be_for_websockets_alone() -> None:
    table = SinkTable()
    table.add(take_ws_alone)
    assert table.find_websocket("/") == (take_ws_alone, {})


@pytest.mark.parametrize(
    ("prefix", "problem"),
    [
        ("", "does not begin with '/'; put one in front"),
        ("a", "does not begin with '/'; put one in front"),
        ("^/a", "does not begin with '/'; put one in front"),
        ("/(a", "is no regular expression: .*; mend it"),
        ("/(?P<req>a)", "has a group named 'req', .*; give the group another name"),
        (re.compile("/(?P<ws>a)"), "has a group named 'ws'"),
    ],
)
def test_a_prefix_that_cannot_work_is_a_value_error_that_names_it(
    prefix: str | re.Pattern[str], problem: str
) -> None:
    shown = prefix if isinstance(prefix, str) else prefix.pattern
    with pytest.raises(ValueError, match=re.escape(f"the sink prefix {shown!r} ") + problem):
        SinkTable().add(plain, prefix)


@pytest.mark.parametrize("prefix", [None, 7, b"/a", re.compile(b"/a")])
def test_a_prefix_of_another_type_is_a_type_error(prefix: object) -> None:
    with pytest.raises(TypeError, match="the sink prefix"):
        SinkTable().add(plain, prefix)  # type: ignore[arg-type]  # the mistake under test
