"""The query string, and what it is read as."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anyws import HTTPBadRequest, HTTPInvalidParam, HTTPMissingParam, Request, RequestOptions
from anyws.http.query import parse_query_string
from tests.http.exchanges import make_request


def request_for(query: bytes, **options: Any) -> Request:
    return make_request(query_string=query, options=RequestOptions(**options))


@pytest.mark.parametrize(
    ("query", "params"),
    [
        (b"", {}),
        (b"a=1", {"a": "1"}),
        (b"a=1&b=2&a=3", {"a": ["1", "3"], "b": "2"}),
        (b"a=1&a=2&a=3", {"a": ["1", "2", "3"]}),
        (b"a=b=c", {"a": "b=c"}),
        (b"&&a=1&", {"a": "1"}),
        (b"a", {"a": ""}),
        (b"a=", {"a": ""}),
        (b"a=x+y%20z%2B", {"a": "x y z+"}),
        (b"%61=%C3%A9", {"a": "\xe9"}),
        ("a=\xe9".encode(), {"a": "\xe9"}),
        (b"a=50%&b=%zz", {"a": "50%", "b": "%zz"}),
        (b"a=1,2", {"a": "1,2"}),
        (b"a=1;b=2", {"a": "1;b=2"}),
    ],
)
def test_parameters_are_read_as_forms_are(query: bytes, params: dict[str, Any]) -> None:
    assert request_for(query).params == params


def test_blank_values_are_left_out_where_they_are_not_kept() -> None:
    request = request_for(b"a=&b&c=1&d=,,2,", keep_blank_qs_values=False, auto_parse_qs_csv=True)
    assert request.params == {"c": "1", "d": ["2"]}


def test_commas_make_lists_where_they_are_asked_to() -> None:
    request = request_for(b"a=1,2&b=3&a=4&c=5%2C6", auto_parse_qs_csv=True)
    assert request.params == {"a": ["1", "2", "4"], "b": "3", "c": "5,6"}


def test_the_query_string_is_still_encoded() -> None:
    assert request_for(b"a=%20").query_string == "a=%20"
    assert make_request().query_string == ""


@pytest.mark.parametrize("query", [b"a=\xff", b"\xff", b"a=1&\xe9=2"])
def test_a_raw_byte_that_is_not_utf_8_is_a_400_when_it_is_looked_at(query: bytes) -> None:
    request = request_for(query)
    for _ in range(2):
        with pytest.raises(HTTPBadRequest, match="UTF-8"):
            request.get_param("a")
    with pytest.raises(HTTPBadRequest, match="UTF-8"):
        _ = request.query_string


@pytest.mark.parametrize("query", [b"a=%ff", b"%ff=1", b"a=%c3", b"a=%ED%A0%80"])
def test_an_encoded_byte_that_is_not_utf_8_is_a_400_when_it_is_looked_at(query: bytes) -> None:
    request = request_for(query)
    with pytest.raises(HTTPBadRequest, match="UTF-8"):
        _ = request.params
    assert request.query_string == query.decode()


@given(st.text(st.sampled_from("a1&=,+%Cfé\n")), st.booleans(), st.booleans())
def test_any_query_string_is_read_or_refused_with_a_value_error(
    query: str, keep_blank: bool, csv: bool
) -> None:
    try:
        params = parse_query_string(query, keep_blank=keep_blank, csv=csv)
    except ValueError:
        return
    assert all(isinstance(value, str) or len(value) > 0 for value in params.values())


def test_get_param_gives_the_last_value() -> None:
    request = request_for(b"a=1&a=2")
    assert request.get_param("a") == "2"
    assert request.has_param("a")
    assert not request.has_param("b")


GETTERS = [
    "get_param",
    "get_param_as_int",
    "get_param_as_float",
    "get_param_as_bool",
    "get_param_as_list",
    "get_param_as_uuid",
    "get_param_as_datetime",
    "get_param_as_date",
    "get_param_as_json",
]


@pytest.mark.parametrize("getter", GETTERS)
def test_a_missing_parameter_is_the_default_or_a_400(getter: str) -> None:
    get = getattr(request_for(b""), getter)
    assert get("a") is None
    assert get("a", False, "x") == "x"
    assert get("a", default=0) == 0
    with pytest.raises(HTTPMissingParam, match="a") as caught:
        get("a", required=True)
    assert caught.value.param_name == "a"


@pytest.mark.parametrize("getter", GETTERS)
@pytest.mark.parametrize("default", [5, "x", "", None])
def test_a_default_in_the_place_of_required_is_a_type_error_and_no_400(
    getter: str, default: Any
) -> None:
    with pytest.raises(TypeError, match=f"by its name, default={default!r}$"):
        getattr(request_for(b""), getter)("a", default)


@pytest.mark.parametrize("getter", sorted({*GETTERS} - {"get_param", "get_param_as_list"}))
@pytest.mark.parametrize("text", ["zz", "\u0661", "1_0", " "])
def test_a_parameter_that_cannot_be_converted_is_a_400_that_names_it(
    getter: str, text: str
) -> None:
    request = request_for(f"a={text}".encode())
    with pytest.raises(HTTPInvalidParam, match="The parameter a is not valid") as caught:
        getattr(request, getter)("a")
    assert caught.value.param_name == "a"


@pytest.mark.parametrize(
    ("getter", "text", "value"),
    [
        ("get_param_as_int", "-12", -12),
        ("get_param_as_int", "%2B7", 7),
        ("get_param_as_float", "1.5", 1.5),
        ("get_param_as_float", ".5", 0.5),
        ("get_param_as_float", "1e3", 1000.0),
        ("get_param_as_bool", "true", True),
        ("get_param_as_bool", "On", True),
        ("get_param_as_bool", "1", True),
        ("get_param_as_bool", "no", False),
        ("get_param_as_bool", "FALSE", False),
        ("get_param_as_bool", "", True),
        ("get_param_as_date", "2024-02-29", date(2024, 2, 29)),
        (
            "get_param_as_datetime",
            "2024-02-29T12:30:00%2B0000",
            datetime(2024, 2, 29, 12, 30, tzinfo=UTC),
        ),
        ("get_param_as_json", "%7B%22a%22:[1]%7D", {"a": [1]}),
        (
            "get_param_as_uuid",
            "12345678-1234-5678-1234-567812345678",
            uuid.UUID("12345678123456781234567812345678"),
        ),
    ],
)
def test_parameters_are_converted(getter: str, text: str, value: object) -> None:
    converted = getattr(request_for(f"a=x&a={text}".encode()), getter)("a")
    assert converted == value
    assert type(converted) is type(value)


@pytest.mark.parametrize(
    ("getter", "text"),
    [
        ("get_param_as_float", "nan"),
        ("get_param_as_float", "inf"),
        ("get_param_as_float", "1e999"),
        ("get_param_as_int", "9" * 5000),
        ("get_param_as_int", "1.0"),
        ("get_param_as_json", "[" * 100_000),
        ("get_param_as_json", "NaN"),
        ("get_param_as_uuid", "{12345678123456781234567812345678}"),
    ],
)
def test_what_python_would_take_or_choke_on_is_a_400(getter: str, text: str) -> None:
    with pytest.raises(HTTPInvalidParam):
        getattr(request_for(f"a={text}".encode()), getter)("a")


@pytest.mark.parametrize("getter", ["get_param_as_int", "get_param_as_float"])
def test_numbers_have_bounds_that_are_allowed_themselves(getter: str) -> None:
    get = getattr(request_for(b"a=5"), getter)
    assert get("a", min_value=5, max_value=5) == 5
    with pytest.raises(HTTPInvalidParam, match="at least 6"):
        get("a", min_value=6)
    with pytest.raises(HTTPInvalidParam, match="not exceed 4"):
        get("a", max_value=4)


def test_a_blank_flag_is_true_unless_it_is_said_otherwise() -> None:
    assert request_for(b"a").get_param_as_bool("a") is True
    assert request_for(b"a").get_param_as_bool("a", blank_as_true=False) is False


def test_dates_are_read_in_the_format_that_is_asked_for() -> None:
    request = request_for(b"a=29.02.2024")
    assert request.get_param_as_date("a", format_string="%d.%m.%Y") == date(2024, 2, 29)
    moment = request.get_param_as_datetime("a", format_string="%d.%m.%Y")
    assert moment == datetime(2024, 2, 29)


def test_a_list_has_all_the_values_each_of_them_transformed() -> None:
    request = request_for(b"a=1&a=2&b=3")
    assert request.get_param_as_list("a") == ["1", "2"]
    assert request.get_param_as_list("b", transform=int) == [3]
    with pytest.raises(HTTPInvalidParam):
        request_for(b"a=x").get_param_as_list("a", transform=int)
