"""Which route a path finds, and which templates contradict each other."""

from __future__ import annotations

from typing import Any

import pytest

from anyws.errors.usage import UnacceptableRouteError
from anyws.routing import IntConverter, Match, PathConverter, Router, RouterOptions, RouterProtocol


class Resource:
    async def on_get(self, req: object, resp: object, **params: object) -> None: ...

    async def on_get_x(self, req: object, resp: object, **params: object) -> None: ...


def routed(*templates: str) -> Router:
    router = Router()
    for template in templates:
        router.add_route(template, Resource())
    return router


def found(router: Router, path: str) -> tuple[str, dict[str, object]] | None:
    match = router.find(path)
    return None if match is None else (match.uri_template, match.params)


def test_a_match_is_a_tuple_of_resource_responders_fields_and_template() -> None:
    router, resource = Router(), Resource()
    router.add_route("/users/{user_id:int}", resource)
    match = router.find("/users/7", req=object())
    assert isinstance(match, Match)
    assert match.resource is resource
    assert match.method_map == {"GET": resource.on_get}
    assert match.params == {"user_id": 7}
    assert match.uri_template == "/users/{user_id:int}"
    assert tuple(match) == (match.resource, match.method_map, match.params, match.uri_template)


@pytest.mark.parametrize(
    ("template", "path", "params"),
    [
        ("/", "/", {}),
        ("/", "", None),
        ("/", "//", None),
        ("/x", "/x", {}),
        ("/x", "/X", None),
        ("/x", "x", None),
        ("/x", "*", None),
        ("/x", "/x/y", None),
        ("/x/y", "/x", None),
        ("/{a}", "/x", {"a": "x"}),
        ("/{a}", "x", None),
        ("/{a}", "y/x", None),
        ("/{a}", "/", None),
        ("/{a}/", "/x/", {"a": "x"}),
        ("/{a}/", "/x", None),
        ("/{a}/b/{c}", "/x/b/y", {"a": "x", "c": "y"}),
        ("/{a}/b/{c}", "//b/y", None),
        ("/{a}", "/{a}", {"a": "{a}"}),
        ("/{a}", "/a b%2Fc", {"a": "a b%2Fc"}),
        ("/{n:int}", "/12", {"n": 12}),
        ("/{n:int}", "/0", {"n": 0}),
        ("/{n:int}", "/x", None),
        ("/{n:int(2)}", "/1", None),
        ("/{n:float(max=2.5)}", "/2.5", {"n": 2.5}),
        ("/x/{p:path}", "/x/a/b//c/", {"p": "a/b//c/"}),
        ("/x/{p:path}", "/x/", {"p": ""}),
        ("/x/{p:path}", "/x", None),
        ("/{p:path}", "/", {"p": ""}),
        ("/{p:path}", "//x", {"p": "/x"}),
        ("/{a}/{p:path}", "/x/y/z", {"a": "x", "p": "y/z"}),
        ("/{a}.{b}", "/x.y", {"a": "x", "b": "y"}),
        ("/{a}.{b}", "/x.y.z", {"a": "x.y", "b": "z"}),
        ("/{a}.{b}", "/x.", None),
        ("/{a}.{b}", "/.y", None),
        ("/{a}.{b}", "/...", {"a": ".", "b": "."}),
        ("/{a}.{b}", "/xy", None),
        ("/{a}.{b}", "/x.y/z", None),
        ("/{a}--{b}--{c}", "/1--2----3", {"a": "1", "b": "2--", "c": "3"}),
        ("/{a}--{b}--{c}", "/1----3", None),
        ("/v{n:int}", "/v12", {"n": 12}),
        ("/v{n:int}", "/v", None),
        ("/v{n:int}", "/vx", None),
        ("/{n}px", "/12px", {"n": "12"}),
        ("/{n}px", "/px", None),
        ("/ab{n}ba", "/aba", None),
        ("/ab{n}ba", "/abba", None),
        ("/ab{n}ba", "/ab-ba", {"n": "-"}),
        ("/v{a:int}.{b:int}-{c}/{d}", "/v1.2-3/4", {"a": 1, "b": 2, "c": "3", "d": "4"}),
    ],
)
def test_a_path_matches_a_template_or_not(
    template: str, path: str, params: dict[str, object] | None
) -> None:
    expected = None if params is None else (template, params)
    assert found(routed(template), path) == expected


@pytest.mark.parametrize("path", ["//x", "/x/", "//x/", "/x//", "///x", "/./x"])
def test_two_slashes_are_not_one_and_a_trailing_slash_is_not_none(path: str) -> None:
    router = routed("/x", "/{a}/y", "/z/{b}")
    assert router.find(path) is None
    assert router.find(path.replace("x", "z") + "/q") is None


def test_a_template_with_a_trailing_slash_is_another_template() -> None:
    router = routed("/x", "/x/", "/{a}/y", "/{a}/y/")
    for path in ("/x", "/x/"):
        assert found(router, path) == (path, {})
    for path in ("/b/y", "/b/y/"):
        assert found(router, path) == (path.replace("b", "{a}"), {"a": "b"})


def test_literal_goes_before_mixed_before_simple_before_path() -> None:
    templates = ["/{rest:path}", "/{a:int}", "/1{b}", "/12"]
    paths = ["/12", "/13", "/23", "/x"]
    for order in (templates, templates[::-1]):
        router = routed(*order)
        matches = [found(router, path) for path in paths]
        assert matches == [
            ("/12", {}),
            ("/1{b}", {"b": "3"}),
            ("/{a:int}", {"a": 23}),
            ("/{rest:path}", {"rest": "x"}),
        ]


def test_precedence_holds_at_each_level_from_the_left() -> None:
    router = routed("/a/{x}", "/{y}/b")
    assert found(router, "/a/b") == ("/a/{x}", {"x": "b"})


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/a/1/end", ("/a/{b}/end", {"b": "1"})),
        ("/a/x-y/stop", ("/a/{b}-{c}/stop", {"b": "x", "c": "y"})),
        ("/a/x-y/end", ("/a/{b}/end", {"b": "x-y"})),
        ("/a/x/stop", ("/{q}/{r}/stop", {"q": "a", "r": "x"})),
        ("/a/x/else", ("/{rest:path}", {"rest": "a/x/else"})),
    ],
)
def test_a_way_that_ends_nowhere_is_given_up_and_leaves_no_fields(
    path: str, expected: tuple[str, dict[str, object]]
) -> None:
    router = routed(
        "/{rest:path}", "/{q}/{r}/stop", "/a/{b}/end", "/a/{b}-{c}/stop", "/a/1/other/{d}"
    )
    assert found(router, path) == expected


def test_the_more_text_a_mixed_segment_has_the_earlier_it_is_tried() -> None:
    templates = ["/{a}-{b}", "/{a}--{b}", "/{a}.gz", "/{a}.tar.gz", "/x{a}", "/{a}z"]
    for order in (templates, templates[::-1]):
        router = routed(*order)
        assert found(router, "/b--c") == ("/{a}--{b}", {"a": "b", "b": "c"})
        assert found(router, "/b-c") == ("/{a}-{b}", {"a": "b", "b": "c"})
        assert found(router, "/b-c.tar.gz") == ("/{a}.tar.gz", {"a": "b-c"})
        assert found(router, "/b.gz") == ("/{a}.gz", {"a": "b"})
        assert found(router, "/xyz") == ("/x{a}", {"a": "yz"})


def test_of_equally_specific_mixed_segments_the_first_added_wins() -> None:
    assert found(routed("/{a}-{b}", "/{a}.{b}"), "/1-2.3") == ("/{a}-{b}", {"a": "1", "b": "2.3"})
    assert found(routed("/{a}.{b}", "/{a}-{b}"), "/1-2.3") == ("/{a}.{b}", {"a": "1-2", "b": "3"})


@pytest.mark.parametrize(
    ("template", "again", "path"),
    [
        ("/x", "/x", "/x"),
        ("/x/{a}/y", "/x/{a}/y", "/x/1/y"),
        ("/v{n:int}", "/v{n:int()}", "/v1"),
        ("/{n:int(min=1, max=2)}", "/{n:int(max=2,min=1)}", "/1"),
        ("/{p:path}", "/{p:path}", "/1"),
    ],
)
def test_the_same_template_again_replaces_the_route(template: str, again: str, path: str) -> None:
    router, second = Router(), Resource()
    router.add_route(template, Resource())
    router.add_route(again, second, suffix="x")
    match = router.find(path)
    assert match is not None
    assert match.resource is second
    assert match.method_map == {"GET": second.on_get_x}
    assert match.uri_template == again


@pytest.mark.parametrize(
    ("earlier", "template"),
    [
        ("/{a}", "/{b}"),
        ("/{a}", "/{a:int}"),
        ("/{a:int}", "/{a:int(2)}"),
        ("/{a:int(min=1)}", "/{a:int(max=1)}"),
        ("/x/{a}", "/x/{b}/y"),
        ("/x/{a}/y", "/x/{b}/z"),
        ("/{a}.{b}", "/{a}.{c}"),
        ("/{a}.{b}", "/{a:int}.{b}"),
        ("/v{n}/x", "/v{m}/y"),
        ("/{p:path}", "/{q:path}"),
    ],
)
def test_fields_that_contradict_an_earlier_template_are_refused_and_change_nothing(
    earlier: str, template: str
) -> None:
    router = routed(earlier)
    with pytest.raises(UnacceptableRouteError) as caught:
        router.add_route(template, Resource())
    message = str(caught.value)
    assert repr(template) in message
    assert repr(earlier) in message
    assert "write the same field in both" in message
    assert found(router, "/x/1/z") in (None, (earlier, {"p": "x/1/z"}))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("/{a}", "/{p:path}"),
        ("/{a}", "/v{b}"),
        ("/v{a}", "/{a}v"),
        ("/{a}.{b}", "/{c}-{d}"),
        ("/{a}.{b}", "/{a}.{b}.{c}"),
        ("/x/{a}", "/y/{b}"),
        ("/{a}/{b}", "/{a}/x/{c}"),
    ],
)
def test_fields_at_different_places_or_of_different_shapes_go_together(
    first: str, second: str
) -> None:
    for order in ((first, second), (second, first)):
        routed(*order)


@pytest.mark.parametrize(
    ("template", "problem"),
    [
        (
            "/{n:nope}",
            "unknown converter; use one of dt, float, int, path, uuid, or none for a str, or add 'nope'",
        ),
        ("/{n:int(min='a')}", "refuses: min is 'a'; it must be an int or None"),
        ("/{n:int(1, 2, 3, 4)}", "refuses:"),
        ("/{n:uuid(1)}", "refuses:"),
        ("/{t:dt('%Q')}", "refuses: 'Q' is a bad directive"),
        ("/{t:dt(7)}", "refuses:"),
        ("/{p:path}/x", "let the template end with '/{p:path}'"),
        ("/{p:path}/", "let the template end with '/{p:path}'"),
        ("/x{p:path}", "let the template end with '/{p:path}'"),
        ("/{a}.{p:path}", "let the template end with '/{p:path}'"),
    ],
)
def test_a_converter_that_cannot_be_made_or_placed_is_refused(template: str, problem: str) -> None:
    router = Router()
    with pytest.raises(UnacceptableRouteError) as caught:
        router.add_route(template, Resource())
    assert isinstance(caught.value, ValueError)
    assert repr(template) in str(caught.value)
    assert problem in str(caught.value)


def test_parameters_are_a_new_dictionary_for_each_lookup_in_the_order_of_the_template() -> None:
    router = routed("/x", "/{b}/{a}-{d}/{c}")
    for path in ("/x", "/1/2-3/4"):
        first, second = router.find(path), router.find(path)
        assert first is not None
        assert second is not None
        first.params["more"] = 1
        assert "more" not in second.params
        assert list(second.params) == list("badc")[: len(second.params)]


def test_a_custom_converter_gets_the_arguments_of_its_template_once() -> None:
    made: list[object] = []

    class Repeated:
        def __init__(self, times: int, *, separator: str = "") -> None:
            made.append((times, separator))
            self._times, self._separator = times, separator

        def convert(self, value: str) -> str | None:
            return None if value == "none" else self._separator.join([value] * self._times)

    router = Router()
    router.options.converters["repeated"] = Repeated
    router.add_route("/{a:repeated(2, separator='/')}", Resource())
    assert found(router, "/x") == ("/{a:repeated(2, separator='/')}", {"a": "x/x"})
    assert router.find("/none") is None
    assert made == [(2, "/")]


def test_a_custom_converter_may_take_the_rest_of_the_path() -> None:
    class Parts(PathConverter):
        def convert(self, value: str) -> str | None:
            return value.upper() or None

    router = Router(options=RouterOptions(converters={"parts": Parts}))
    router.add_route("/x/{p:parts}", Resource())
    assert found(router, "/x/a/b") == ("/x/{p:parts}", {"p": "A/B"})
    assert router.find("/x/") is None


def test_another_class_under_a_name_in_use_contradicts_the_fields_made_before() -> None:
    router = routed("/{n:int}/x")
    router.options.converters["int"] = type("Other", (IntConverter,), {})
    with pytest.raises(UnacceptableRouteError, match="another class of that name"):
        router.add_route("/{n:int}/y", Resource())


def test_a_converter_without_convert_is_refused() -> None:
    router = Router()
    router.options.converters["empty"] = object  # type: ignore[assignment]  # the mistake
    with pytest.raises(UnacceptableRouteError, match="without a method 'convert'; add one to obj"):
        router.add_route("/{n:empty}", Resource())


def test_an_instance_in_place_of_a_converter_class_is_refused() -> None:
    router = Router()
    router.options.converters["mine"] = PathConverter()  # type: ignore[assignment]  # the mistake
    with pytest.raises(UnacceptableRouteError, match="put the class itself into router_options"):
        router.add_route("/{a:mine}", Resource())


def test_what_a_converter_raises_reaches_the_caller() -> None:
    class Broken:
        def convert(self, value: str) -> None:
            raise LookupError(value)

    router = Router()
    router.options.converters["broken"] = Broken
    router.add_route("/{n:broken}", Resource())
    with pytest.raises(LookupError, match="x"):
        router.find("/x")


def test_suffix_picks_the_responders_of_a_route() -> None:
    router, resource = Router(), Resource()
    router.add_route("/a", resource)
    router.add_route("/b", resource, suffix="x")
    first, second = router.find("/a"), router.find("/b")
    assert first is not None
    assert second is not None
    assert first.method_map == {"GET": resource.on_get}
    assert second.method_map == {"GET": resource.on_get_x}


def test_a_refused_resource_leaves_the_route_as_it_was() -> None:
    router = routed("/a")
    before = router.find("/a")
    with pytest.raises(UnacceptableRouteError, match="suffix 'nope'"):
        router.add_route("/a", Resource(), suffix="nope")
    with pytest.raises(TypeError, match="pass an instance"):
        router.add_route("/a", Resource)
    assert router.find("/a") == before


def test_swapped_arguments_are_a_type_error_that_says_which_comes_first() -> None:
    swapped: Any = (Resource(), "/a")
    with pytest.raises(
        TypeError, match=r"uri_template is <.*>, and no str; the template comes first"
    ):
        Router().add_route(*swapped)


def test_a_resource_without_responders_is_added_with_a_warning(
    caplog: pytest.LogCaptureFixture,
) -> None:
    router = Router()
    router.add_route("/a", object())
    assert router.find("/a") is not None
    assert "at /a, <object object" in caplog.text
    assert "no responder such as on_get" in caplog.text
    router.add_route("/b", Resource())
    assert len(caplog.records) == 1


def test_on_request_stands_in_for_missing_methods_where_the_option_says_so() -> None:
    class Catching:
        async def on_request(self, req: object, resp: object) -> None: ...

    router = Router()
    router.add_route("/a", Catching())
    router.options.default_to_on_request = True
    router.add_route("/b", Catching())
    without, with_default = router.find("/a"), router.find("/b")
    assert without is not None
    assert with_default is not None
    assert without.method_map == {}
    assert "POST" in with_default.method_map


def test_options_are_keywords_and_an_unknown_one_is_an_attribute_error() -> None:
    options = RouterOptions(default_to_on_request=True)
    assert options.default_to_on_request is True
    assert set(options.converters) == {"int", "float", "uuid", "dt", "path"}
    name = "convertors"
    with pytest.raises(AttributeError, match="convertors"):
        setattr(options, name, {})
    with pytest.raises(TypeError):
        RouterOptions({})  # type: ignore[call-arg]  # the mistake under test
    with pytest.raises(ValueError, match="converters must be a dict"):
        RouterOptions(converters=None)  # type: ignore[arg-type]  # the mistake under test


def test_routers_do_not_share_their_converters() -> None:
    Router().options.converters["mine"] = IntConverter
    assert "mine" not in Router().options.converters


def test_the_router_and_one_with_its_two_methods_are_routers() -> None:
    class Own:
        def add_route(
            self, template: str, resource: object, *, suffix: str | None = None
        ) -> None: ...

        def find(self, uri: str, request: object = None) -> None:
            return None

    routers: list[RouterProtocol] = [Router(), Own()]
    assert all(isinstance(router, RouterProtocol) for router in routers)
    assert not isinstance(object(), RouterProtocol)
