"""How options are set, and what is refused at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from anyws import RequestOptions, ResponseOptions
from anyws._options import Options, must_be, seconds
from anyws.media import Handlers


def test_request_options_have_their_defaults() -> None:
    options = RequestOptions()
    assert options.max_body_size == 16 * 1024 * 1024
    assert options.default_media_type == "application/json"
    assert options.keep_blank_qs_values is True
    assert options.auto_parse_qs_csv is False
    assert options.strip_url_path_trailing_slash is False
    assert "application/json" in options.media_handlers


def test_response_options_have_their_defaults() -> None:
    options = ResponseOptions()
    assert options.default_media_type == "application/json"
    assert options.secure_cookies_by_default is True
    assert options.static_media_types == {}
    assert options.sse_ping_interval == 15
    assert "application/json" in options.media_handlers


def test_each_object_has_handlers_of_its_own() -> None:
    assert RequestOptions().media_handlers is not RequestOptions().media_handlers


def test_every_option_is_a_keyword_argument_and_can_be_set_later() -> None:
    options = RequestOptions(max_body_size=None, auto_parse_qs_csv=True)
    assert options.max_body_size is None
    assert options.auto_parse_qs_csv is True
    options.max_body_size = 5
    assert options.max_body_size == 5


def test_options_are_keyword_only() -> None:
    with pytest.raises(TypeError):
        RequestOptions(Handlers())  # type: ignore[call-arg]  # this is what is tested


def test_an_unknown_option_is_an_attribute_error_that_names_the_known_ones() -> None:
    with pytest.raises(AttributeError, match=r"no option 'max_body'; it has .*max_body_size"):
        RequestOptions().max_body = 5  # type: ignore[attr-defined]  # this is what is tested
    with pytest.raises(TypeError):
        RequestOptions(max_body=5)  # type: ignore[call-arg]  # this is what is tested


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("max_body_size", -1),
        ("max_body_size", True),
        ("max_body_size", 1.5),
        ("max_body_size", "1"),
        ("default_media_type", ""),
        ("default_media_type", None),
        ("media_handlers", {}),
        ("keep_blank_qs_values", 1),
    ],
)
def test_a_value_that_can_never_work_is_a_value_error_when_it_is_assigned(
    name: str, value: Any
) -> None:
    options = RequestOptions()
    before = getattr(options, name)
    with pytest.raises(ValueError, match=rf"RequestOptions\.{name} must be .*, not "):
        setattr(options, name, value)
    assert getattr(options, name) is before
    with pytest.raises(ValueError, match=name):
        RequestOptions(**{name: value})


@pytest.mark.parametrize("value", [0, -1, float("inf"), float("nan"), "15", True])
def test_a_time_is_a_finite_number_of_seconds_above_zero(value: Any) -> None:
    with pytest.raises(ValueError, match="finite number of seconds above 0, or None"):
        ResponseOptions(sse_ping_interval=value)
    assert ResponseOptions(sse_ping_interval=None).sse_ping_interval is None


@dataclass(kw_only=True, slots=True)
class Sample(Options):
    color: str = field(
        default="red", metadata=must_be("red or blue", {"red", "blue"}.__contains__)
    )
    free: object = None
    delay: float = field(default=1, metadata=seconds())


def test_a_rule_of_ones_own_says_in_its_words_what_is_wrong() -> None:
    with pytest.raises(ValueError, match=r"Sample\.color must be red or blue, not 'green'"):
        Sample(color="green")
    with pytest.raises(ValueError, match=r"Sample\.delay must be .* above 0, not None"):
        Sample(delay=None)  # type: ignore[arg-type]  # this is what is tested


def test_an_option_without_a_rule_takes_anything() -> None:
    assert Sample(free=[1]).free == [1]
